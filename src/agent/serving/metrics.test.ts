import { describe, expect, it } from 'vitest';
import { aReport } from '../../../test/builders/object.ts';
import { COUNTERS, type Counters, type DumpedInstance } from '../../vrrp/dump.ts';
import { exposition, type MetricsInput } from './metrics.ts';

/** A different value for each counter, so that none can stand in another's place. */
const counters = Object.fromEntries(COUNTERS.map((name, index) => [name, index + 1])) as Counters;
const instance: DumpedInstance = {
  name: 'web/web',
  interface: 'eth0',
  virtualRouterId: 7,
  state: 'MASTER',
  basePriority: 254,
  effectivePriority: 254,
  lastTransition: 1,
  addresses: ['192.0.2.1', '192.0.2.2'],
  counters,
};
const report = aReport('node1', 'r1', [
  { virtualRouterId: 7, state: 'MASTER', priority: 254, addresses: ['192.0.2.1', '192.0.2.2'], held: ['192.0.2.1'] },
]);
const told = (more: Partial<MetricsInput> = {}): string => exposition({ report, instances: [instance], histories: new Map(), ...more });

/** Name, type, help and labels with value of every series, as they stand in the text. */
function series(text: string): string[] {
  const families = text.split(/(?=^# HELP )/m);
  return families.map((family) => {
    const [, name, help] = /^# HELP (\S+) (.*)$/m.exec(family) ?? [];
    const type = /^# TYPE \S+ (\S+)$/m.exec(family)?.[1];
    const samples = family.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return `${name} ${type}, ${help}: ${samples.map((sample) => sample.slice(name?.length)).join(' ')}`;
  });
}

const LABELS = '{name="web/web",intf="eth0",vrid="7",state="MASTER"}';
const OWN = '{name="web/web",intf="eth0",vrid="7"}';

describe('the series of keepalived_exporter 0.5.0', () => {
  it('are all there with their names, types, helps and labels, and each with its own value', () => {
    expect(series(told()).filter((one) => one.startsWith('keepalived_vrrp_') || one.startsWith('keepalived_up'))).toEqual([
      'keepalived_up gauge, Status:  1',
      `keepalived_vrrp_advert_rcvd counter, Advertisements received: ${LABELS} 1`,
      `keepalived_vrrp_advert_sent counter, Advertisements sent: ${LABELS} 2`,
      `keepalived_vrrp_become_master counter, Became master: ${LABELS} 3`,
      `keepalived_vrrp_release_master counter, Released master: ${LABELS} 4`,
      `keepalived_vrrp_packet_len_err counter, Packet length errors: ${LABELS} 5`,
      `keepalived_vrrp_advert_interval_err counter, Advertisement interval errors: ${LABELS} 6`,
      `keepalived_vrrp_ip_ttl_err counter, TTL errors: ${LABELS} 7`,
      `keepalived_vrrp_invalid_type_rcvd counter, Invalid type errors: ${LABELS} 8`,
      `keepalived_vrrp_addr_list_err counter, Address list errors: ${LABELS} 9`,
      `keepalived_vrrp_invalid_authtype counter, Authentication invalid: ${LABELS} 10`,
      `keepalived_vrrp_authtype_mismatch counter, Authentication mismatch: ${LABELS} 11`,
      `keepalived_vrrp_auth_failure counter, Authentication failure: ${LABELS} 12`,
      `keepalived_vrrp_pri_zero_rcvd counter, Priority zero received: ${LABELS} 13`,
      `keepalived_vrrp_pri_zero_sent counter, Priority zero sent: ${LABELS} 14`,
    ]);
  });
  it('are only keepalived_up 0 while keepalived does not run', () => {
    const text = told({ report: { ...report, daemon: { running: false, reloads: 0 } } });
    expect(text).toContain('\nkeepalived_up 0\n');
    expect(text).not.toContain('keepalived_vrrp_');
  });
  it('are keepalived_up 1 and nothing else while there is no instance', () => {
    const text = told({ report: aReport('node1', 'r1'), instances: [] });
    expect(text).toContain('\nkeepalived_up 1\n');
    expect(text).not.toContain('keepalived_vrrp_');
  });
  it('have the state that the notify FIFO told last, which is newer than the dump', () => {
    const histories = new Map([['web/web', { state: 'BACKUP' as const, priority: 1, since: { at: 0, wall: 0 }, transitions: 3 }]]);
    expect(told({ histories })).toContain('vrid="7",state="BACKUP"} 1\n');
  });
});

describe('the series of the agent', () => {
  it('tell of Services that only nodes with endpoints serve, and of kube-proxy where it has ever answered', () => {
    const checks = (['endpoints', 'none', 'unanswered'] as const).map((finding, index) => ({
      name: `web/${finding}`,
      port: 30000 + index,
      finding,
    }));
    const text = told({ report: { ...aReport('node1', 'r1'), checks, dataPath: 'unhealthy' } });
    for (const line of ['{service="web/endpoints"} 1', '{service="web/none"} 0', '{service="web/unanswered"} -1'])
      expect(text).toContain(`keepalived_agent_endpoints${line}\n`);
    expect(text).toContain('\nkeepalived_agent_kube_proxy_healthy 0\n');
    expect(told({ report: aReport('node1', 'r1') })).not.toMatch(/endpoints|kube_proxy/);
  });

  it('keep their labels at a transition, and tell what is held', () => {
    const histories = new Map([['web/web', { state: 'MASTER' as const, priority: 254, since: { at: 0, wall: 0 }, transitions: 3 }]]);
    expect(series(told({ histories })).filter((one) => one.startsWith('keepalived_instance_'))).toEqual([
      `keepalived_instance_state gauge, 0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT, 4 STOP: ${OWN} 2`,
      `keepalived_instance_priority gauge, Effective priority: ${OWN} 254`,
      `keepalived_instance_addresses gauge, Addresses that the instance carries: ${OWN} 2`,
      `keepalived_instance_addresses_held gauge, Addresses of the instance that are on the interface: ${OWN} 1`,
      `keepalived_instance_last_transition_seconds gauge, Unix time of the last transition: ${OWN} 1767225600`,
      `keepalived_instance_transitions_total counter, Transitions seen since the agent started: ${OWN} 3`,
    ]);
  });
  it.each<[string, Partial<MetricsInput>, string]>([
    ['that the newest configuration runs', {}, 'keepalived_agent_config_accepted 1'],
    [
      'that it was refused',
      { report: { ...report, config: { revision: 'r1', since: null, refused: { revision: 'r2', message: 'm', lines: [] } } } },
      'keepalived_agent_config_accepted 0',
    ],
    ['which revision runs', {}, 'keepalived_agent_config_revision{revision="r1"} 1'],
    [
      'since when',
      { report: { ...report, config: { revision: 'r1', since: '2026-01-01T00:00:01Z' } } },
      'keepalived_agent_config_since_seconds 1767225601',
    ],
    ['the reloads', { report: { ...report, daemon: { running: true, reloads: 4 } } }, 'keepalived_agent_reloads_total 4'],
    [
      'how many problems of a kind there are',
      {
        report: {
          ...report,
          problems: [
            { reason: 'AddressMissing', message: 'a' },
            { reason: 'AddressMissing', message: 'b' },
          ],
        },
      },
      'keepalived_agent_problems{reason="AddressMissing"} 2',
    ],
  ])('tell %s', (_, more, line) => {
    expect(told(more).split('\n')).toContain(line);
  });
  it('hold label values as they are, whatever characters they have', () => {
    const name = 'a"b\\c\nd';
    expect(told({ instances: [{ ...instance, name }] })).toContain('{name="a\\"b\\\\c\\nd",intf="eth0"');
  });
});
