/** What is scraped, and which alerts fire then, as a table and as the file for `promtool test rules`. */
import { stringify } from 'yaml';
import {
  DNS,
  FIRST,
  instance,
  type Labels,
  manager,
  managerSeries,
  node,
  ofGroup,
  ofPool,
  SECOND,
  series,
  TIMES,
  target,
  unscraped,
  WEB,
} from './scraped.ts';

export interface AlertCase {
  readonly name: string;
  /** Values by series, as promtool writes both. */
  readonly scraped: Readonly<Record<string, string>>;
  /** The alerts that are looked at, each with the labels by which its firings are told apart; none: it must not fire. */
  readonly expected: Readonly<Record<string, readonly Labels[]>>;
}

/** Labels by which a firing is told. */
const TOLD_BY = ['cluster', 'group', 'name', 'pod', 'pool', 'reason', 'service'];
/** When alerts are looked at: longer than each of them waits. */
const LOOK = '20m';

export const ALERT_CASES: readonly AlertCase[] = [
  {
    name: 'two groups whose carriers have the same name, and all is well',
    scraped: { ...node('a', WEB, { 'carrier:1': 2 }), ...node('b', WEB, { 'carrier:1': 1 }), ...node('c', DNS, { 'carrier:1': 2 }) },
    expected: {
      KeepalivedVipWithoutOwner: [],
      KeepalivedVipWithTwoOwners: [],
      KeepalivedNodeNotScraped: [],
      KeepalivedDown: [],
      KeepalivedConfigurationRefused: [],
      KeepalivedConfigurationsDiffer: [],
      KeepalivedNodeProblem: [],
      KeepalivedAddressMissing: [],
      KeepalivedVipMovesOften: [],
    },
  },
  {
    name: 'two groups whose carriers have the same name, one of them without an owner',
    scraped: { ...node('a', WEB, { 'carrier:1': 3 }), ...node('b', WEB, { 'carrier:1': 3 }), ...node('c', DNS, { 'carrier:1': 2 }) },
    expected: { KeepalivedVipWithoutOwner: [{ group: 'web/vips', name: 'carrier:1' }], KeepalivedVipWithTwoOwners: [] },
  },
  {
    name: 'two groups whose carriers have the same name, one of them with two owners',
    scraped: { ...node('a', WEB, { 'carrier:1': 2 }), ...node('b', WEB, { 'carrier:1': 2 }), ...node('c', DNS, { 'carrier:1': 3 }) },
    expected: {
      KeepalivedVipWithTwoOwners: [{ group: 'web/vips', name: 'carrier:1' }],
      KeepalivedVipWithoutOwner: [{ group: 'dns/vips', name: 'carrier:1' }],
    },
  },
  {
    name: 'a Service without endpoints on any node, one with some, and one of which no node can be asked',
    scraped: {
      [series('keepalived_agent_endpoints', { ...target('a', WEB), service: 'web/none' })]: `0x${TIMES}`,
      [series('keepalived_agent_endpoints', { ...target('b', WEB), service: 'web/none' })]: `-1x${TIMES}`,
      [series('keepalived_agent_endpoints', { ...target('a', WEB), service: 'web/some' })]: `1x${TIMES}`,
      [series('keepalived_agent_endpoints', { ...target('b', WEB), service: 'web/some' })]: `0x${TIMES}`,
      [series('keepalived_agent_endpoints', { ...target('a', WEB), service: 'web/unknown' })]: `-1x${TIMES}`,
    },
    expected: { KeepalivedServiceWithoutEndpoints: [{ service: 'web/none' }], KeepalivedEndpointsUnknown: [{ service: 'web/unknown' }] },
  },
  {
    name: 'a Service with endpoints on one of two nodes',
    scraped: {
      [series('keepalived_agent_endpoints', { ...target('a', WEB), service: 'web/some' })]: `1x${TIMES}`,
      [series('keepalived_agent_endpoints', { ...target('b', WEB), service: 'web/some' })]: `0x${TIMES}`,
    },
    expected: { KeepalivedServiceWithoutEndpoints: [], KeepalivedEndpointsUnknown: [] },
  },
  {
    name: 'two clusters with the same group',
    scraped: { ...node('a', { ...WEB, ...FIRST }, { 'web/web': 2 }), ...node('a', { ...WEB, ...SECOND }, { 'web/web': 2 }) },
    expected: { KeepalivedVipWithoutOwner: [], KeepalivedVipWithTwoOwners: [], KeepalivedConfigurationsDiffer: [] },
  },
  {
    name: 'two clusters with the same group, one of them without an owner',
    scraped: { ...node('a', { ...WEB, ...FIRST }, { 'web/web': 2 }), ...node('a', { ...WEB, ...SECOND }, { 'web/web': 1 }) },
    expected: {
      KeepalivedVipWithoutOwner: [{ cluster: 'second', group: 'web/vips', name: 'web/web' }],
      KeepalivedVipWithTwoOwners: [],
    },
  },
  {
    name: 'two clusters with the same group and different revisions',
    scraped: {
      ...node('a', { ...WEB, ...FIRST }, {}, { revision: '1' }),
      ...node('a', { ...WEB, ...SECOND }, {}, { revision: '2' }),
    },
    expected: { KeepalivedConfigurationsDiffer: [] },
  },
  {
    name: 'a master that cannot be scraped',
    scraped: { ...unscraped('a', WEB, { 'web/web': 2 }), ...node('b', WEB, { 'web/web': 1 }), ...node('c', DNS, { 'dns/dns': 1 }) },
    expected: {
      KeepalivedNodeNotScraped: [{ group: 'web/vips', pod: 'a' }],
      KeepalivedVipWithoutOwner: [{ group: 'dns/vips', name: 'dns/dns' }],
      KeepalivedVipWithTwoOwners: [],
      KeepalivedDown: [],
    },
  },
  {
    name: 'a group without a node that was ever scraped',
    scraped: { [series('up', target('a', WEB))]: `0x${TIMES}` },
    expected: { KeepalivedNodeNotScraped: [{ group: 'web/vips', pod: 'a' }] },
  },
  {
    name: 'programs of others: one that cannot be scraped, one that runs keepalived for itself and fails',
    scraped: {
      [series('up', { namespace: 'shop', job: 'shop', instance: '10.0.0.1:80', container: 'shop' })]: `0x${TIMES}`,
      [series('keepalived_up', { job: 'routers', instance: 'r1' })]: `0x${TIMES}`,
      [series('keepalived_vrrp_auth_failure', { job: 'routers', instance: 'r1', name: 'VI_1' })]: `0+1x${TIMES}`,
      [series('leader_election_master_status', { job: 'other', name: 'lease-of-others' })]: `0x${TIMES}`,
      [series('controller_runtime_reconcile_errors_total', { job: 'other', controller: 'other' })]: `0+5x${TIMES}`,
      ...manager('m1', FIRST),
    },
    expected: {
      KeepalivedNodeNotScraped: [],
      KeepalivedDown: [],
      KeepalivedAuthenticationFails: [],
      KeepalivedOperatorWithoutLeader: [],
      KeepalivedOperatorFails: [],
    },
  },
  {
    name: 'an owner that changes between two scrapes',
    scraped: {
      ...node('a', WEB, {}),
      ...node('b', WEB, {}),
      [series('keepalived_instance_state', instance('a', WEB, 'web/web'))]: '2x38 1x12',
      [series('keepalived_instance_state', instance('b', WEB, 'web/web'))]: '1x39 2x11',
    },
    expected: { KeepalivedVipWithoutOwner: [], KeepalivedVipWithTwoOwners: [] },
  },
  {
    name: 'a master without one of its addresses, and a backup without any',
    scraped: {
      ...node('a', WEB, { 'web/web': 2 }),
      ...node('b', WEB, { 'web/web': 1 }),
      [series('keepalived_instance_addresses', instance('a', WEB, 'web/web'))]: `2x${TIMES}`,
      [series('keepalived_instance_addresses_held', instance('a', WEB, 'web/web'))]: `1x${TIMES}`,
      [series('keepalived_instance_addresses', instance('b', WEB, 'web/web'))]: `2x${TIMES}`,
      [series('keepalived_instance_addresses_held', instance('b', WEB, 'web/web'))]: `0x${TIMES}`,
    },
    expected: { KeepalivedAddressMissing: [{ group: 'web/vips', name: 'web/web', pod: 'a' }] },
  },
  {
    name: 'an instance that changes its state every minute, and one that did once',
    scraped: {
      [series('keepalived_instance_transitions_total', instance('a', WEB, 'web/web'))]: `0+0.5x${TIMES}`,
      [series('keepalived_instance_transitions_total', instance('a', WEB, 'web/api'))]: `0x30 1x20`,
    },
    expected: { KeepalivedVipMovesOften: [{ group: 'web/vips', name: 'web/web', pod: 'a' }] },
  },
  {
    name: 'adverts with another password on one node',
    scraped: {
      ...node('a', WEB, {}),
      ...node('b', WEB, {}),
      [series('keepalived_vrrp_auth_failure', { ...instance('a', WEB, 'web/web'), state: 'BACKUP' })]: `0+1x${TIMES}`,
      [series('keepalived_vrrp_auth_failure', { ...instance('b', WEB, 'web/web'), state: 'MASTER' })]: `7x${TIMES}`,
    },
    expected: { KeepalivedAuthenticationFails: [{ group: 'web/vips', name: 'web/web', pod: 'a' }] },
  },
  {
    name: 'a node whose keepalived is down, and one that refuses its configuration and has a problem',
    scraped: {
      ...node('a', WEB, {}, { up: 0 }),
      ...node('b', WEB, {}, { accepted: 0 }),
      [series('keepalived_agent_problems', { ...target('b', WEB), reason: 'ConfigRefused' })]: `1x${TIMES}`,
    },
    expected: {
      KeepalivedDown: [{ group: 'web/vips', pod: 'a' }],
      KeepalivedConfigurationRefused: [{ group: 'web/vips', pod: 'b' }],
      KeepalivedNodeProblem: [{ group: 'web/vips', pod: 'b', reason: 'ConfigRefused' }],
      KeepalivedNodeNotScraped: [],
    },
  },
  {
    name: 'two configurations for too long in one of two groups',
    scraped: {
      ...node('a', WEB, {}, { revision: '1' }),
      ...node('b', WEB, {}, { revision: '2' }),
      ...node('c', DNS, {}, { revision: '3' }),
    },
    expected: { KeepalivedConfigurationsDiffer: [{ group: 'web/vips' }] },
  },
  {
    name: 'managers of two clusters, one of which misses an owner and refuses a Service',
    scraped: {
      ...manager('m1', FIRST),
      ...manager('m1', SECOND),
      ...ofGroup('keepalived_operator_planned_vips', FIRST, 3),
      ...ofGroup('keepalived_operator_observed_vips', FIRST, 2),
      ...ofGroup('keepalived_operator_planned_vips', SECOND, 3),
      ...ofGroup('keepalived_operator_observed_vips', SECOND, 3),
      ...ofGroup('keepalived_operator_refusals', { ...FIRST, reason: 'AddressConflict' }, 1),
      ...ofGroup('keepalived_operator_refusals', { ...SECOND, reason: 'AddressConflict' }, 0),
    },
    expected: {
      KeepalivedFailoversSlow: [],
      KeepalivedAvailabilityBudgetBurns: [],
      KeepalivedVipsNotHeld: [{ cluster: 'first', group: 'web/vips', pod: 'm1' }],
      KeepalivedRequestRefused: [{ cluster: 'first', group: 'web/vips', reason: 'AddressConflict' }],
      KeepalivedOperatorWithoutLeader: [],
      KeepalivedOperatorFails: [],
    },
  },
  {
    name: 'addresses without a spare: in a group of three nodes, of one, and of three where it lasted for a moment',
    scraped: {
      ...manager('m1', FIRST),
      ...manager('m1', SECOND),
      ...ofGroup('keepalived_operator_vips_without_spare', FIRST, 2),
      ...ofGroup('keepalived_operator_nodes', FIRST, 3),
      ...ofGroup('keepalived_operator_vips_without_spare', SECOND, 2),
      ...ofGroup('keepalived_operator_nodes', SECOND, 1),
      [managerSeries('keepalived_operator_vips_without_spare', 'm1', { ...FIRST, group: 'dns/vips' })]: '0x20 2x5 0x30',
      [managerSeries('keepalived_operator_nodes', 'm1', { ...FIRST, group: 'dns/vips' })]: `3x${TIMES}`,
    },
    expected: { KeepalivedVipsWithoutSpare: [{ cluster: 'first', group: 'web/vips' }] },
  },
  {
    name: 'every address has a spare',
    scraped: {
      ...manager('m1', FIRST),
      ...ofGroup('keepalived_operator_vips_without_spare', FIRST, 0),
      ...ofGroup('keepalived_operator_nodes', FIRST, 3),
    },
    expected: { KeepalivedVipsWithoutSpare: [] },
  },
  {
    name: 'groups of two clusters: in one a stranger and another node answer for addresses, and nobody does for some; in the other all is well',
    scraped: {
      ...manager('m1', FIRST),
      ...manager('m1', SECOND),
      ...ofGroup('keepalived_operator_wire_vips', { ...FIRST, verdict: 'stranger' }, 1),
      ...ofGroup('keepalived_operator_wire_vips', { ...FIRST, verdict: 'other_node' }, 2),
      ...ofGroup('keepalived_operator_wire_vips', { ...FIRST, verdict: 'nobody' }, 0),
      ...ofGroup('keepalived_operator_wire_vips', { ...FIRST, verdict: 'silent' }, 1),
      ...ofGroup('keepalived_operator_wire_vips', { ...SECOND, verdict: 'owner' }, 9),
      ...ofGroup('keepalived_operator_wire_vips', { ...SECOND, verdict: 'unknown' }, 3),
      ...ofGroup('keepalived_operator_wire_vips', { ...SECOND, verdict: 'stranger' }, 0),
      ...ofGroup('keepalived_operator_wire_vips', { ...SECOND, verdict: 'nobody' }, 0),
    },
    expected: {
      KeepalivedStrangerAnswers: [{ cluster: 'first', group: 'web/vips' }],
      KeepalivedNobodyAnswers: [{ cluster: 'first', group: 'web/vips' }],
    },
  },
  {
    name: 'groups of two clusters: a stranger uses a router id of one; of the other it did for half a minute',
    scraped: {
      ...manager('m1', FIRST),
      ...manager('m1', SECOND),
      ...ofGroup('keepalived_operator_foreign_virtual_routers', FIRST, 1),
      [ofManager('keepalived_operator_foreign_virtual_routers', SECOND)]: '0x38 1x1 0x10',
    },
    expected: { KeepalivedStrangerUsesRouterId: [{ cluster: 'first', group: 'web/vips' }] },
  },
  {
    name: 'no stranger uses a router id, or nobody listens',
    scraped: { ...manager('m1', FIRST), ...manager('m1', SECOND), ...ofGroup('keepalived_operator_foreign_virtual_routers', FIRST, 0) },
    expected: { KeepalivedStrangerUsesRouterId: [] },
  },
  {
    name: 'a stranger that answered for half a minute',
    scraped: {
      ...manager('m1', FIRST),
      [ofManager('keepalived_operator_wire_vips', { ...FIRST, verdict: 'stranger' })]: '0x38 1x1 0x10',
      [ofManager('keepalived_operator_wire_vips', { ...FIRST, verdict: 'nobody' })]: '0x38 1x1 0x10',
    },
    expected: { KeepalivedStrangerAnswers: [], KeepalivedNobodyAnswers: [] },
  },
  {
    name: 'groups of two clusters with failovers: slow ones in one, quick ones in the other',
    scraped: {
      ...manager('m1', FIRST),
      ...manager('m1', SECOND),
      ...ofGroup('keepalived_operator_planned_vips', FIRST, 2),
      ...ofGroup('keepalived_operator_planned_vips', SECOND, 2),
      [ofManager('keepalived_operator_without_owner_seconds_count', FIRST)]: '0x20 3x30',
      [ofManager('keepalived_operator_without_owner_seconds_bucket', { ...FIRST, le: '5' })]: '0x20 1x30',
      [ofManager('keepalived_operator_unavailable_vip_seconds_total', FIRST)]: '0x20 120x30',
      [ofManager('keepalived_operator_without_owner_seconds_count', SECOND)]: '0x20 3x30',
      [ofManager('keepalived_operator_without_owner_seconds_bucket', { ...SECOND, le: '5' })]: '0x20 3x30',
      [ofManager('keepalived_operator_unavailable_vip_seconds_total', SECOND)]: '0x20 4x30',
    },
    expected: {
      KeepalivedFailoversSlow: [{ cluster: 'first', group: 'web/vips' }],
      KeepalivedAvailabilityBudgetBurns: [{ cluster: 'first', group: 'web/vips' }],
    },
  },
  {
    name: 'two clusters, in one of which nobody leads',
    scraped: {
      ...ofGroup('keepalived_operator_planned_vips', FIRST, 3),
      ...ofGroup('keepalived_operator_observed_vips', FIRST, 3),
      ...ofGroup('keepalived_operator_refusals', { ...FIRST, reason: 'AddressConflict' }, 0),
      ...manager('m1', FIRST),
      ...manager('m2', FIRST, 0),
      ...manager('m1', SECOND, 0),
      ...manager('m2', SECOND, 0),
    },
    expected: { KeepalivedOperatorWithoutLeader: [{ cluster: 'second' }], KeepalivedVipsNotHeld: [], KeepalivedRequestRefused: [] },
  },
  {
    name: 'two clusters, in one of which the managers are no longer scraped',
    scraped: {
      ...manager('m1', FIRST),
      [managerSeries('leader_election_master_status', 'm1', { ...SECOND, name: '03846a46.redhat.io' })]: '1x10 stale',
    },
    expected: { KeepalivedOperatorWithoutLeader: [{ cluster: 'second' }] },
  },
  { name: 'no manager was ever scraped', scraped: {}, expected: { KeepalivedOperatorWithoutLeader: [{}] } },
  {
    name: 'a pool with room',
    scraped: { ...ofPool('empty', 'free', 5), ...ofPool('empty', 'total', 20) },
    expected: { KeepalivedPoolFull: [], KeepalivedPoolNearlyFull: [] },
  },
  {
    name: 'pools that are full, nearly full, and not',
    scraped: {
      ...ofPool('full', 'free', 1),
      ...ofPool('full', 'total', 20),
      ...ofPool('nearly', 'free', 4),
      ...ofPool('nearly', 'total', 20),
      ...ofPool('empty', 'free', 5),
      ...ofPool('empty', 'total', 20),
    },
    expected: {
      KeepalivedPoolFull: [{ cluster: 'first', pool: 'full' }],
      KeepalivedPoolNearlyFull: ['full', 'nearly'].map((pool) => ({ cluster: 'first', pool })),
    },
  },
  {
    name: 'a manager whose reconciliations fail',
    scraped: {
      ...manager('m1', FIRST),
      [managerSeries('controller_runtime_reconcile_errors_total', 'm1', { ...FIRST, controller: 'keepalivedgroup' })]: `0+1x${TIMES}`,
    },
    expected: { KeepalivedOperatorFails: [{ cluster: 'first', pod: 'm1' }] },
  },
];

/** A series of the group's moves, as the manager of a cluster serves it. */
function ofManager(name: string, labels: Labels): string {
  return managerSeries(name, 'm1', { ...labels, group: 'web/vips' });
}

/** The file for `promtool test rules` in which the table stands. */
export function promtoolTests(cases: readonly AlertCase[], rules: string): string {
  const tests = cases.map(({ name, scraped, expected }) => ({
    name,
    interval: '30s',
    input_series: Object.entries(scraped).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: Object.entries(expected).map(([alert, firings]) => ({
      expr: `count by (${TOLD_BY.join(', ')}) (ALERTS{alertname="${alert}", alertstate="firing"})`,
      eval_time: LOOK,
      exp_samples: firings.map((labels) => ({ labels: series('', labels), value: 1 })),
    })),
  }));
  return stringify({ rule_files: [rules], evaluation_interval: '30s', tests });
}
