import { describe, expect, it } from 'vitest';
import { describedStatus, type HostStatus, isWhole, type LabStatus } from './status.ts';

const node = (changes: Partial<HostStatus> = {}): HostStatus => ({
  name: 'node1',
  isUp: true,
  cable: 'good',
  services: { containerd: true, kubelet: true },
  vips: [],
  ...changes,
});

const lab = (host: HostStatus, changes: Partial<LabStatus> = {}): LabStatus => ({
  name: 'lab',
  kubernetes: { dir: '/k', version: '1.37.2', source: 'official download', passedOver: [{ source: 'PATH', why: 'No kubelet there.' }] },
  proxy: { mode: 'nftables', nodePortAddresses: ['primary'] },
  kubeconfig: '/state/kubeconfig',
  apiIsReady: true,
  hosts: [host],
  ...changes,
});

describe('a lab is whole', () => {
  it.each([
    ['when all runs', lab(node()), true],
    ['not when the API server is not ready', lab(node(), { apiIsReady: false }), false],
    ['not when a host is off', lab(node({ isUp: false })), false],
    ['not when a link is down', lab(node({ cable: 'down' })), false],
    ['not when a program ended', lab(node({ services: { kubelet: false } })), false],
  ])('%s', (_, status, whole) => {
    expect(isWhole(status)).toBe(whole);
  });
});

describe('the status for people', () => {
  it.each([
    ['a sound node', node(), 'up'],
    ['the VIPs that a node holds', node({ vips: ['192.0.2.200', '2001:db8::c8'] }), 'up; holds 192.0.2.200, 2001:db8::c8'],
    ['a node without power', node({ isUp: false }), 'off'],
    ['a link that is down', node({ cable: 'down' }), 'up; link down'],
    ['a node that is cut off', node({ cable: 'cut' }), 'up; cut off the switch'],
    ['programs that ended', node({ services: { containerd: true, kubelet: false } }), 'up; not running: kubelet'],
  ])('shows %s', (_, host, line) => {
    expect(describedStatus(lab(host)).split('\n').at(-1)).toBe(`  node1    192.0.2.11   ${line}`);
  });

  it('says which Kubernetes came from where, and why not from elsewhere', () => {
    const text = describedStatus(lab(node()));
    expect(text).toContain('Kubernetes 1.37.2 (official download); the API server is ready');
    expect(text).toContain('not from PATH: No kubelet there.');
  });

  it('says how kube-proxy works', () => {
    expect(describedStatus(lab(node()))).toContain('kube-proxy in nftables mode, node ports on primary');
  });

  it.each([
    ['a node without power', lab(node({ isUp: false })), '`./bin/lab heal node1` mends it'],
    ['a link that is down', lab(node({ cable: 'down' })), '`./bin/lab heal node1` mends it'],
    ['a program that ended', lab(node({ services: { kubelet: false } })), '`./bin/lab up` mends it'],
    ['the API server', lab(node(), { apiIsReady: false }), '`./bin/lab up` mends it'],
    ['a node and the API server', lab(node({ isUp: false }), { apiIsReady: false }), '`./bin/lab heal node1`, `./bin/lab up` mends it'],
    ['a node of another lab', lab(node({ isUp: false }), { name: 'big' }), '`./bin/lab heal --name big node1` mends it'],
  ])('says how to mend %s', (_, status, sentence) => {
    expect(describedStatus(status).split('\n')[0]).toContain(`not all of it runs; ${sentence}`);
  });
});
