import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { answerPlan } from '../../src/cli/plan/command.ts';

const ADDRESS = '192.0.2.200';
const GROUP = {
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'KeepalivedGroup',
  metadata: { name: 'vips', namespace: 'web', uid: 'uid-1' },
  spec: { interface: 'eth0' },
};
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1' } };

const withExternalIps = { externalIPs: [ADDRESS] };
const ofTypeLoadBalancer = { type: 'LoadBalancer' };
const inStatus = { loadBalancer: { ingress: [{ ip: ADDRESS }] } };

/** What the operator would write for a Service of that spec and status. */
function planned(spec: object, status?: object): string {
  const annotations = { 'keepalived-operator.redhat-cop.io/keepalivedgroup': 'web/vips' };
  const ports = [{ port: 80 }];
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'web', annotations },
    spec: { ports, ...spec },
    status,
  };
  const text = [GROUP, NODE, service].map((object) => stringify(object)).join('---\n');
  return answerPlan([{ name: 'x.yaml', text }], { namespace: 'default', output: 'yaml', operatorImage: 'operator:1' }).stdout;
}

describe('a Service that moves from spec.externalIPs to its status, as docs/how-to/external-ips.md says', () => {
  const before = planned(withExternalIps);

  it('has its address to begin with', () => expect(before).toContain(ADDRESS));

  it.each([
    ['once it is of type LoadBalancer', planned({ ...withExternalIps, ...ofTypeLoadBalancer })],
    ['once its status has the address, too', planned({ ...withExternalIps, ...ofTypeLoadBalancer }, inStatus)],
    ['once the external IP is gone', planned(ofTypeLoadBalancer, inStatus)],
  ])('changes nothing on the nodes %s', (_, after) => expect(after).toBe(before));

  it('would lose it without the status', () => expect(planned(ofTypeLoadBalancer)).not.toContain(ADDRESS));
});
