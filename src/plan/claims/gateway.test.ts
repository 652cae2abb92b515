import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, aPod, aReport, aService } from '../../../test/builders/object.ts';
import { type KeepalivedGroupSpec, type KeepalivedGroupStatus, MOST_GATEWAYS } from '../../api/group/keepalived-group.ts';
import type { NodeReport } from '../../api/node/report.ts';
import type { PlanInput } from '../input.ts';
import { plan } from '../plan.ts';

const ROUTER = '192.0.2.254';
const OTHER = '192.0.2.253';
const told = (node: string, ...gateways: string[]): NodeReport => ({ ...aReport(node, 'r1'), gateways });
const all = (...gateways: string[]): NodeReport[] => ['node1', 'node2', 'node3'].map((node) => told(node, ...gateways));
const silent = aReport('node2', 'r1');
const group = (status: KeepalivedGroupStatus, spec: KeepalivedGroupSpec = {}) => aGroup({ spec, status });

describe('what the nodes route through', () => {
  const known = (gateways: Readonly<Record<string, string>> | undefined, reports: readonly NodeReport[], more: Partial<PlanInput> = {}) =>
    plan(anInput({ group: group({ holders: {}, ...(gateways && { gateways }) }), reports, ...more })).gateways;

  it.each<[string, ReturnType<typeof known>, ReturnType<typeof known>]>([
    ['is unknown while no node has told', known(undefined, [silent]), undefined],
    ['is nothing when a node says so', known(undefined, [told('node1')]), {}],
    ['is what a node tells', known(undefined, [told('node1', ROUTER), silent]), { [ROUTER]: 'node1' }],
    ['names the first of the nodes that tell the same', known(undefined, all(ROUTER).reverse()), { [ROUTER]: 'node1' }],
    ['names the one that was named before', known({ [ROUTER]: 'node3' }, all(ROUTER)), { [ROUTER]: 'node3' }],
    ['stays while nobody answers, as after a restart of the manager', known({ [ROUTER]: 'node1' }, []), { [ROUTER]: 'node1' }],
    [
      'stays while one node is silent, whatever the others say',
      known({ [ROUTER]: 'node1' }, [told('node1', OTHER), told('node3', OTHER)]),
      { [OTHER]: 'node1', [ROUTER]: 'node1' },
    ],
    ['stays while an agent is older', known({ [ROUTER]: 'node1' }, [told('node1'), silent, told('node3')]), { [ROUTER]: 'node1' }],
    ['is over once every node has told another', known({ [ROUTER]: 'node1' }, all(OTHER)), { [OTHER]: 'node1' }],
    [
      'is not what is a Node’s, or no host’s, anyway',
      known({}, all('192.0.2.11', '127.0.0.1', ROUTER), { nodes: [aNode('node1', { addresses: ['192.0.2.11'] })] }),
      { [ROUTER]: 'node1' },
    ],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));

  it('is bounded; what one node makes up pushes out neither what many tell nor what was told before', () => {
    const lies = Array.from({ length: 200 }, (_, index) => `10.0.0.${index}`);
    const found = known({ [OTHER]: 'node2' }, [told('node1', ROUTER, ...lies), told('node3', ROUTER)]);
    expect(Object.keys(found ?? {})).toHaveLength(MOST_GATEWAYS);
    expect(found).toMatchObject({ [ROUTER]: 'node1', [OTHER]: 'node2' });
  });
});

describe('the address of a gateway', () => {
  it('stays refused although the Service carried it before any node told, and nodes may still hold it', () => {
    const pods = ['node1', 'node2', 'node3'].map((node) => aPod(node, 'r2'));
    const first = plan(anInput({ services: [service], pods }));
    expect(first.holders).toEqual({ [ROUTER]: 'web/a' });
    const saved = ({ holders, gateways, routerIds, homes }: typeof first): KeepalivedGroupStatus => ({
      holders,
      routerIDs: routerIds,
      homes,
      ...(gateways && { gateways }),
    });
    const second = plan(anInput({ group: group(saved(first)), services: [service], pods, reports: all(ROUTER) }));
    const third = plan(anInput({ group: group(saved(second)), services: [service], pods, reports: all(ROUTER) }));
    for (const { problems, routers } of [second, third])
      expect({ reasons: problems.map(({ reason }) => reason), routers }).toEqual({ reasons: ['AddressReserved'], routers: [] });
  });

  const service = aService('a', [ROUTER]);
  const found = (input: PlanInput): readonly string[] => {
    const { holders, problems } = plan(input);
    return [...Object.keys(holders), ...problems.map(({ object, reason }) => `${object.name} ${reason}`)];
  };
  const holds = { holders: { [ROUTER]: 'web/a' } };

  it.each<[string, PlanInput, readonly string[]]>([
    ['is refused as soon as a node tells of it', anInput({ services: [service], reports: all(ROUTER) }), ['a AddressReserved']],
    [
      'is refused as long as it is known',
      anInput({ group: group({ holders: {}, gateways: { [ROUTER]: 'node1' } }), services: [service] }),
      ['a AddressReserved'],
    ],
    [
      'stays, with a warning, with the Service that had it when the route came',
      anInput({ group: group({ ...holds, gateways: {} }), services: [service], reports: all(ROUTER) }),
      [ROUTER, 'a AddressAlsoReserved'],
    ],
    [
      'goes to nobody else then',
      anInput({ group: group({ ...holds, gateways: { [ROUTER]: 'node1' } }), services: [aService('b', [ROUTER])] }),
      ['b AddressReserved'],
    ],
    [
      'is taken back from a Service that waited for the group and got it before any node could tell',
      anInput({ group: group(holds), services: [service], reports: all(ROUTER) }),
      ['a AddressReserved'],
    ],
    [
      'stays with a Service of a group that another operator ran before',
      anInput({ group: group({ routerIDs: { 'web/a': 7 } }), services: [service] }),
      [ROUTER],
    ],
    [
      'can be allowed by the owner of the group',
      anInput({ group: group({}, { fences: { allowedGateways: ['192.0.2.254'] } }), services: [service], reports: all(ROUTER) }),
      [ROUTER],
    ],
    [
      'can be taken away from the Service that has it by the owner of the group',
      anInput({
        group: group({ ...holds, gateways: { [ROUTER]: 'node1' } }, { fences: { excludedAddresses: [ROUTER] } }),
        services: [service],
      }),
      ['a AddressNotAllowed'],
    ],
  ])('%s', (_, input, expected) => expect(found(input)).toEqual(expected));

  it('is told with the node and with what allows it', () => {
    const [problem] = plan(anInput({ services: [service], reports: all(ROUTER) })).problems;
    expect(problem?.message).toBe(
      '192.0.2.254 is the gateway of Node node1, which no Service may take; give the Service another address, or, where the nodes are to route through it, have the owner of KeepalivedGroup web/vips add the line "- 192.0.2.254" to spec.fences.allowedGateways',
    );
  });

  it('is that group’s alone: what its nodes tell refuses nothing to another group', () => {
    const other = aGroup({ name: 'other', status: { holders: {}, gateways: { [ROUTER]: 'node1' } } });
    expect(found(anInput({ services: [service], otherGroups: [other] }))).toEqual([ROUTER]);
  });

  it('is free for this group where the other one refuses it to an older Service', () => {
    const other = aGroup({ name: 'other', status: { holders: {}, gateways: { [ROUTER]: 'node1' } } });
    const older = aService('older', [ROUTER], { created: '2025-01-01T00:00:00Z', annotations: { group: 'web/other' } });
    expect(found(anInput({ services: [service], otherServices: [older], otherGroups: [other] }))).toEqual([ROUTER]);
  });

  it('of a group that ran before is known from then on, so that its Services keep theirs', () => {
    expect(plan(anInput({ group: group({ routerIDs: { 'web/a': 7 } }), services: [service] })).gateways).toEqual({});
  });
});

describe('the address of a host of the API server', () => {
  const settings = { agentImage: 'operator:1', apiServers: ['192.0.2.2', '2001:db8::2'] };

  it('is refused, in whatever spelling', () => {
    const { holders, problems } = plan(anInput({ services: [aService('a', ['192.0.2.2', '2001:DB8::2', '192.0.2.1'])], settings }));
    expect(Object.keys(holders)).toEqual(['192.0.2.1']);
    expect(problems.map(({ message }) => message)).toEqual([
      '192.0.2.2 is the address of a host of the Kubernetes API, which no Service may take; give the Service another address',
      '2001:db8::2 is the address of a host of the Kubernetes API, which no Service may take; give the Service another address',
    ]);
  });

  it('stays with the Service that had it, with a warning', () => {
    const { holders, problems } = plan(
      anInput({ group: group({ holders: { '192.0.2.2': 'web/a' } }), services: [aService('a', ['192.0.2.2'])], settings }),
    );
    expect(holders).toEqual({ '192.0.2.2': 'web/a' });
    expect(problems.map(({ reason }) => reason)).toEqual(['AddressAlsoReserved']);
  });

  it.each<[string, KeepalivedGroupStatus]>([
    ['by the id of the Service', { routerIDs: { 'web/a': 7 } }],
    ['by the id of each of its addresses', { routerIDs: { 'web/a/192.0.2.2': 7, 'web/a/2001:db8::2': 8 } }],
  ])('stays with the Service that the Go operator served, with a warning: %s', (_, status) => {
    const { holders, problems } = plan(
      anInput({ group: group(status), services: [aService('a', ['192.0.2.2', '2001:db8::2'])], settings }),
    );
    expect(holders).toEqual({ '192.0.2.2': 'web/a', '2001:db8::2': 'web/a' });
    expect(problems.map(({ reason }) => reason)).toEqual(['AddressAlsoReserved', 'AddressAlsoReserved']);
  });

  it.each<[string, KeepalivedGroupStatus]>([
    ['another Service', { routerIDs: { 'web/b': 7 } }],
    ['the Service at another address', { routerIDs: { 'web/a/192.0.2.1': 7 } }],
    ['nobody, in a group of ours', { routerIDs: { 'web/a': 7 }, holders: {} }],
  ])('is refused where the Go operator served %s', (_, status) => {
    const { holders, problems } = plan(anInput({ group: group(status), services: [aService('a', ['192.0.2.2'])], settings }));
    expect(holders).toEqual({});
    expect(problems.map(({ reason }) => reason)).toEqual(['AddressReserved']);
  });
});
