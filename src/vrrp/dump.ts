import type { VrrpState } from '../api/node/report.ts';
import { type Fields, isRecord } from '../api/record.ts';

/** What keepalived says of one vrrp_instance in its JSON dump; passwords are not read. */
export interface DumpedInstance {
  readonly name: string;
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly state: VrrpState;
  readonly basePriority: number;
  readonly effectivePriority: number;
  /** Seconds since 1970; keepalived also renews it at each reload. */
  readonly lastTransition: number;
  /** Advertised and excluded addresses in the order of the file, without prefix length. */
  readonly addresses: readonly string[];
  readonly counters: Counters;
}

/** Totals since the daemon started, by keepalived's own names. */
export type Counters = Readonly<Record<Counter, number>>;
export type Counter = (typeof COUNTERS)[number];
export const COUNTERS = [
  'advert_rcvd',
  'advert_sent',
  'become_master',
  'release_master',
  'packet_len_err',
  'advert_interval_err',
  'ip_ttl_err',
  'invalid_type_rcvd',
  'addr_list_err',
  'invalid_authtype',
  'authtype_mismatch',
  'auth_failure',
  'pri_zero_rcvd',
  'pri_zero_sent',
] as const;

/**
 * The instances of a JSON dump: an array, or since keepalived 2.2.8 with `json_version 2` an object with the array in `vrrp`.
 * Null for a text that is no whole dump: keepalived renames the file into place before it has filled it, so try again.
 */
export function parseDump(text: string): DumpedInstance[] | null {
  const value = jsonOf(text);
  const entries = Array.isArray(value) ? value : isRecord(value) ? (value.vrrp ?? []) : null;
  if (!Array.isArray(entries)) return null;
  const instances = entries.map(instanceOf);
  return instances.every((instance) => instance !== null) ? instances : null;
}

// --- internal ---

const STATES: Readonly<Record<number, VrrpState>> = { 0: 'INIT', 1: 'BACKUP', 2: 'MASTER', 3: 'FAULT', 97: 'STOP', 98: 'STOP' };

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function instanceOf(entry: unknown): DumpedInstance | null {
  if (!isRecord(entry) || !isRecord(entry.data) || typeof entry.data.iname !== 'string') return null;
  const { data } = entry;
  return {
    name: entry.data.iname,
    interface: String(data.ifp_ifname ?? ''),
    virtualRouterId: numberOf(data.vrid),
    state: STATES[numberOf(data.state)] ?? 'INIT',
    basePriority: numberOf(data.base_priority),
    effectivePriority: numberOf(data.effective_priority),
    lastTransition: numberOf(data.last_transition),
    addresses: [...addressesOf(data.vips), ...addressesOf(data.evips)],
    counters: countersOf(isRecord(entry.stats) ? entry.stats : {}),
  };
}

/** `192.0.2.10/24 dev eth0 scope global set`: only the address. */
function addressesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((text) => String(text).split(/[ /]/, 1)[0] ?? '').filter((address) => address !== '');
}

function countersOf(stats: Fields): Counters {
  return Object.fromEntries(COUNTERS.map((name) => [name, numberOf(stats[name])])) as Counters;
}

const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
