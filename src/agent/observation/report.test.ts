import { describe, expect, it } from 'vitest';
import { anInstance } from '../../../test/builders/instance.ts';
import type { VrrpState } from '../../api/node/report.ts';
import { COUNTERS, type Counters, type DumpedInstance } from '../../vrrp/dump.ts';
import { isReady, reportOf, type View } from './report.ts';

const SECOND = 1000;
const instance = (state: VrrpState): DumpedInstance => ({
  name: 'web/web',
  interface: 'eth0',
  virtualRouterId: 7,
  state,
  basePriority: 254,
  effectivePriority: 154,
  lastTransition: 0,
  addresses: ['192.0.2.100', '2001:DB8::0100'],
  counters: Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counters,
});
const own = { address: '192.0.2.1', prefixLength: 24 };
const vips = [
  { address: '192.0.2.100', prefixLength: 32 },
  { address: '2001:db8::100', prefixLength: 128 },
];
const view = (more: Partial<View> = {}): View => ({
  group: 'web/vips',
  node: 'node1',
  pod: 'vips-1',
  active: { revision: 'r1', since: 0 },
  passwordWaitsAfter: null,
  refused: null,
  leftOut: [],
  daemonRuns: true,
  daemonHangs: false,
  reloads: 0,
  link: 'eth0',
  podAddresses: [],
  conf: [anInstance('web/web', 7)],
  links: [{ name: 'eth0', isUp: true, addresses: [own] }],
  checks: [],
  transitions: [],
  isDataPathHealthy: undefined,
  interfaces: [{ name: 'eth0', addresses: [own, ...vips] }],
  instances: [instance('MASTER')],
  histories: new Map(),
  problems: [],
  now: { at: 60 * SECOND, wall: 60 * SECOND },
  ...more,
});
const since = (state: VrrpState, at: number): View['histories'] =>
  new Map([['web/web', { state, priority: 1, since: { at, wall: at }, transitions: 1 }]]);
const onlyOwn = [{ name: 'eth0', addresses: [own] }];
const reasons = (more: Partial<View>): string[] => reportOf(view(more)).problems.map(({ reason }) => reason);

describe('the report of a node', () => {
  it('tells that a changed password waits, and nothing of it', () => {
    expect(reportOf(view({ passwordWaitsAfter: 3 })).config).toEqual({
      revision: 'r1',
      since: '1970-01-01T00:00:00.000Z',
      passwordWaitsAfter: 3,
    });
  });

  it('tells what is held, in one spelling, and what the link has of its own', () => {
    const report = reportOf(view());
    expect(report.instances).toMatchObject([
      { state: 'MASTER', priority: 154, addresses: ['192.0.2.100', '2001:db8::100'], held: ['192.0.2.100', '2001:db8::100'] },
    ]);
    expect(report.link).toEqual({ name: 'eth0', addresses: ['192.0.2.1'] });
    expect(report.networks).toEqual(['192.0.2.1/24']);
    expect(report.problems).toEqual([]);
  });

  it.each([
    ['loopback, for direct return', 'lo'],
    ["the interface of kube-proxy's IPVS mode", 'kube-ipvs0'],
  ])('takes an address that a backup has on %s for no leftover, and one that a master has there only for none', (_, name) => {
    const interfaces = [...onlyOwn, { name, addresses: vips }];
    expect(reasons({ histories: since('BACKUP', 0), interfaces })).toEqual([]);
    expect(reasons({ histories: since('MASTER', 0), interfaces })).toEqual(['AddressMissing']);
  });

  it("does not count another group's virtual addresses among the link's own", () => {
    const interfaces = [{ name: 'eth0', addresses: [own, { address: '192.0.2.200', prefixLength: 32 }] }];
    expect(reportOf(view({ interfaces })).link?.addresses).toEqual(['192.0.2.1']);
    expect(reportOf(view({ interfaces, podAddresses: ['192.0.2.200'] })).link?.addresses).toEqual(['192.0.2.1', '192.0.2.200']);
  });

  it('tells what the routes lead through, once they are read', () => {
    expect(reportOf(view({ gateways: ['192.0.2.254'] })).gateways).toEqual(['192.0.2.254']);
    expect(reportOf(view())).not.toHaveProperty('gateways');
  });

  it('tells apart what it does without while it serves, which is no problem', () => {
    const unfit = { reason: 'VirtualMacUnfit', message: 'arp_ignore is 0' } as const;
    const full = { reason: 'PortTaken', message: '' } as const;
    expect(reportOf(view({ problems: [unfit, full] }))).toMatchObject({ problems: [full], hints: [unfit] });
    expect(reportOf(view({ problems: [full] }))).not.toHaveProperty('hints');
  });

  it('says what the FIFO told, not the older dump, and since when', () => {
    const [told] = reportOf(view({ histories: since('BACKUP', 59 * SECOND), interfaces: onlyOwn })).instances;
    expect(told).toMatchObject({ state: 'BACKUP', since: '1970-01-01T00:00:59.000Z' });
  });

  it.each<[string, Partial<View>, string[]]>([
    ['a master without its addresses', { histories: since('MASTER', 0), interfaces: onlyOwn }, ['AddressMissing']],
    ['an instance in FAULT', { histories: since('FAULT', 0), interfaces: onlyOwn }, ['InstanceFault']],
    ['a node whose kube-proxy is not healthy', { isDataPathHealthy: false }, ['DataPathUnhealthy']],
    [
      'a Service whose endpoints nobody can be asked for',
      { checks: [{ name: 'web/web', port: 30000, finding: 'unanswered' }] },
      ['HealthCheckUnanswered'],
    ],
    ['no Service that has none', { checks: [{ name: 'web/web', port: 30000, finding: 'none' }] }, []],
    ['no master that has just become one', { histories: since('MASTER', 59 * SECOND), interfaces: onlyOwn }, []],
    ['a backup with addresses', { histories: since('BACKUP', 0) }, ['LeftoverAddress']],
    [
      'a daemon that does not run, and what it left',
      { daemonRuns: false, histories: since('MASTER', 0) },
      ['DaemonNotRunning', 'LeftoverAddress'],
    ],
    [
      'a daemon that hangs, and what is on its interface',
      { daemonHangs: true, histories: since('MASTER', 0) },
      ['DaemonHangs', 'LeftoverAddress'],
    ],
    [
      'the worst first',
      { daemonRuns: false, interfaces: onlyOwn, problems: [{ reason: 'PortTaken', message: '' }] },
      ['DaemonNotRunning', 'PortTaken'],
    ],
  ])('names %s', (_, more, expected) => {
    expect(reasons(more)).toEqual(expected);
  });

  it.each<[string, Partial<View>, boolean]>([
    ['ready when all is well', {}, true],
    ['ready with a newer configuration refused', { refused: { revision: 'r2', message: '', lines: [] } }, true],
    ['not ready while the daemon hangs', { daemonHangs: true }, false],
    ['not ready while the daemon does not run', { daemonRuns: false }, false],
    ['not ready before a configuration is confirmed', { active: null }, false],
    ['not ready when a master lacks an address', { histories: since('MASTER', 0), interfaces: onlyOwn }, false],
    ['ready with a leftover address, which a restart would not mend', { histories: since('BACKUP', 0) }, true],
  ])('is %s', (_, more, expected) => {
    expect(isReady(reportOf(view(more)))).toBe(expected);
  });
});
