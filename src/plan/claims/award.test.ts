import { describe, expect, it } from 'vitest';
import { aGroup, aLoadBalancer, aNode, anInput, aPod, aReport, aService } from '../../../test/builders/object.ts';
import type { KeepalivedGroup, KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import type { PlanInput } from '../input.ts';
import { plan } from '../plan.ts';

const VIP = '192.0.2.200';
/** What is carried, then who is refused what, each in a word. */
const found = (input: PlanInput): string[] => {
  const { routers, problems } = plan(input);
  const carried = routers.flatMap(({ services }) =>
    services.flatMap((one) => one.addresses.map((address) => `${one.service.name} ${address}`)),
  );
  return [...carried, ...problems.map(({ object, reason }) => `${object.name} ${reason}`)];
};
const group = (status: KeepalivedGroupStatus): KeepalivedGroup => aGroup({ status });

describe('a VIP that a Node lists among its addresses, as kubelet does without --node-ip', () => {
  const nodes = [aNode('node1', { addresses: [VIP] }), aNode('node2', { addresses: ['192.0.2.12'] })];
  const [web, other] = [aService('web', [VIP]), aService('other', [VIP], { created: '2025-01-01T00:00:00Z' })];

  it.each<[string, PlanInput, readonly string[]]>([
    [
      'stays with the Service that the Go operator served',
      anInput({ nodes, group: group({ routerIDs: { 'web/web': 1 } }), services: [web] }),
      [`web ${VIP}`, 'web AddressAlsoReserved'],
    ],
    [
      'stays with the spread Service that the Go operator served',
      anInput({
        nodes,
        group: group({ routerIDs: { [`web/web/${VIP}`]: 1 } }),
        services: [aService('web', [VIP], { annotations: { spread: 'true' } })],
      }),
      [`web ${VIP}`, 'web AddressAlsoReserved'],
    ],
    [
      'stays with the Service that holds it',
      anInput({ nodes, group: group({ holders: { [VIP]: 'web/web' } }), services: [web] }),
      [`web ${VIP}`, 'web AddressAlsoReserved'],
    ],
    [
      'goes to no older Service that was not served',
      anInput({ nodes, group: group({ routerIDs: { 'web/web': 1 } }), services: [web, other] }),
      [`web ${VIP}`, 'other AddressReserved', 'web AddressAlsoReserved'],
    ],
    ['is refused to a new Service', anInput({ nodes, services: [web] }), ['web AddressReserved']],
    [
      'is refused to a Service that came after the Go operator',
      anInput({ nodes, group: group({ routerIDs: { 'web/web': 1 }, holders: {} }), services: [web] }),
      ['web AddressReserved'],
    ],
  ])('%s', (_, input, expected) => expect(found(input)).toEqual(expected));

  it('has a hint that names the flag', () => {
    const { problems } = plan(anInput({ nodes, group: group({ holders: { [VIP]: 'web/web' } }), services: [web] }));
    expect(problems[0]?.message).toMatch(/also an address of Node node1; .*--node-ip/);
  });

  it('stays when a range of pods comes to hold it', () => {
    const inRange = [{ ...aNode('node1'), spec: { podCIDRs: ['192.0.2.128/25'] } }];
    expect(found(anInput({ nodes: inRange, group: group({ holders: { [VIP]: 'web/web' } }), services: [web] }))).toContain(`web ${VIP}`);
    expect(found(anInput({ nodes: inRange, services: [web] }))).toEqual(['web AddressReserved']);
  });
});

describe('a VIP that Nodes list as their ExternalIP, as k3s does with --node-external-ip', () => {
  const nodes = ['k2', 'k1'].map((name, index) => {
    const node = aNode(name, { addresses: [`192.0.2.1${index}`] });
    return { ...node, status: { ...node.status, addresses: [...(node.status?.addresses ?? []), { type: 'ExternalIP', address: VIP }] } };
  });
  const web = aLoadBalancer('web', [VIP], { spec: { type: 'LoadBalancer', externalIPs: [VIP] } });
  const message = (input: PlanInput): string | undefined => plan(input).problems[0]?.message;

  it('is refused to a new Service, with what lets it have the address', () => {
    const input = anInput({ nodes, services: [web] });
    expect(found(input)).toEqual(['web AddressReserved']);
    expect(message(input)).toBe(
      `${VIP} is an external address of Node k1, which no Service may take; give the Service another address, or, if it is a VIP, take it out of the external addresses of the Nodes (--node-external-ip of k3s)`,
    );
  });
  it.each<[string, KeepalivedGroupStatus]>([
    ['that the Go operator served', { routerIDs: { 'web/web': 1 } }],
    ['that holds it', { holders: { [VIP]: 'web/web' } }],
  ])('stays with a Service %s, with what to do', (_, status) => {
    const input = anInput({ nodes, group: group(status), services: [web] });
    expect(found(input)).toEqual([`web ${VIP}`, 'web AddressAlsoReserved']);
    expect(message(input)).toBe(
      `${VIP} is also an external address of Node k1; the Service had it before and keeps it: if it is a VIP, take it out of the external addresses of the Nodes (--node-external-ip of k3s); if it is the own address of the node, take it out of the Service`,
    );
  });
  it('is an internal address where any Node lists it as one', () => {
    const internal = aNode('k0', { addresses: [VIP] });
    expect(message(anInput({ nodes: [...nodes, internal], services: [web] }))).toContain(`${VIP} is an address of Node k0,`);
    expect(message(anInput({ nodes: [...nodes, { ...internal, metadata: { name: 'z' } }], services: [web] }))).toContain(
      'an address of Node z,',
    );
  });
});

describe("the nodes' own addresses in the status of a Service, as ServiceLB of k3s writes them", () => {
  const nodes = ['192.0.2.17', '192.0.2.18'].map((address, index) => aNode(`k${index}`, { addresses: [address] }));
  const ingress = ['192.0.2.17', '192.0.2.18'];

  it('are not carried, with a hint; what the Service asks for is', () => {
    const web = aLoadBalancer('web', ingress, { spec: { type: 'LoadBalancer', externalIPs: [VIP] } });
    expect(found(anInput({ nodes, services: [web] }))).toEqual([
      `web ${VIP}`,
      'web AssignedAddressReserved',
      'web AssignedAddressReserved',
    ]);
  });

  it('are not carried although the Go operator served the Service', () => {
    const input = anInput({ nodes, group: group({ routerIDs: { 'web/web': 1 } }), services: [aLoadBalancer('web', ingress)] });
    expect(found(input)).toEqual(['web NoAddress', 'web AssignedAddressReserved', 'web AssignedAddressReserved']);
  });
});

describe('an address that a Service gave up', () => {
  const held = group({ holders: { [VIP]: 'web/old' } });
  const next = aService('next', [VIP]);
  const pods = ['node1', 'node2', 'node3'].map((node) => aPod(node, 'r2'));
  const carrying = { name: 'web/old', addresses: [VIP] };
  const heard = ['node1', 'node2', 'node3'].map((node) => aReport(node, 'r2'));

  it.each<[string, PlanInput, readonly string[]]>([
    ['goes to the next one when every node is heard', anInput({ group: held, pods, reports: heard, services: [next] }), [`next ${VIP}`]],
    ['waits for a node that is silent', anInput({ group: held, pods, reports: heard.slice(1), services: [next] }), ['next AddressLingers']],
    [
      'waits for a node that has not taken up what it was told',
      anInput({ group: held, pods, reports: [...heard.slice(1), aReport('node1', 'r1')], services: [next] }),
      ['next AddressLingers'],
    ],
    [
      'waits no more for a node that is gone',
      anInput({ group: held, pods: pods.slice(1), reports: heard.slice(1), services: [next] }),
      [`next ${VIP}`],
    ],
    [
      'goes back to the Service that had it at once',
      anInput({ group: held, pods, reports: [], services: [aService('old', [VIP])] }),
      [`old ${VIP}`],
    ],
    [
      'waits for the nodes of another group that had it',
      anInput({ otherGroups: [aGroup({ name: 'other', status: { holders: { [VIP]: 'web/old' } } })], services: [next] }),
      ['next AddressLingers'],
    ],
  ])('%s', (_, input, expected) => expect(found(input)).toEqual(expected));

  it.each<[string, Partial<PlanInput>, object]>([
    ['stays saved while a node is silent', { reports: heard.slice(1) }, { [VIP]: 'web/old' }],
    ['stays saved while a node carries it', { reports: [...heard.slice(1), aReport('node1', 'r2', [carrying])] }, { [VIP]: 'web/old' }],
    ['is forgotten when all nodes have let go of it', { reports: heard }, {}],
  ])('%s', (_, more, holders) => expect(plan(anInput({ group: held, pods, ...more })).holders).toEqual(holders));
});
