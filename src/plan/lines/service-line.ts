import { parseAddress } from '../../net/address.ts';

/**
 * What may follow a keyword; keepalived refuses the whole file for a value that it can't take. It is data, because the admission policy
 * judges by it too.
 */
export interface Value {
  /** In words. */
  readonly expected: string;
  /** Regular expression (in what RE2 and JavaScript share) of the whole value. */
  readonly pattern: string;
  /** Of a number. */
  readonly low?: number;
  readonly high?: number;
  readonly isAddress?: true;
}

/** What any Service may set after this keyword, or undefined when it may not set it by itself. */
export function serviceLine(keyword: string): Value | undefined {
  return Object.hasOwn(SERVICE_LINES, keyword) ? SERVICE_LINES[keyword] : undefined;
}

export function fits(
  { pattern, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY, isAddress }: Value,
  value: string,
): boolean {
  if (!new RegExp(`^(?:${pattern})$`).test(value)) return false;
  if (isAddress) return parseAddress(value) !== undefined;
  return low === Number.NEGATIVE_INFINITY || (Number(value) >= low && Number(value) <= high);
}

/** Keywords that a group's owner may allow its Services (`spec.fences.verbatimKeys`): one word that is none of {@link NEVER}. */
export const isAllowable = (keyword: string): boolean => /^[a-z][a-z0-9_]*$/.test(keyword) && !new RegExp(`^(?:${NEVER})$`).test(keyword);

/** Regular expression of keywords that are the operator's own, that include a file, or that need a block, which one line can't be. */
export const NEVER =
  'include[a-z]?|interface|virtual_.*|auth.*|unicast_src_ip|unicast_peer|unicast_fault_no_peer|track_.*|vrrp_.*|vrid|global_defs|static_.*|bfd_instance|garp_group|group|real_server.*|net_namespace.*|state_dump_file|json_dump_file|stats_dump_file';

/** Keywords that run a program; keepalived refuses the whole file for them where it has no `enable_script_security`. */
export const runsProgram = (keyword: string): boolean => /^notify(?!_priority_changes$|_deleted$)|script/.test(keyword);

const integer = (low: number, high: number): Value => ({ expected: `a whole number, ${low}-${high}`, pattern: '[0-9]{1,9}', low, high });
const decimal = (low: number, high: number): Value => ({
  expected: `a number, ${low}-${high}`,
  pattern: '[0-9]{1,4}([.][0-9]{1,6})?',
  ...{ low, high },
});
const oneOf = (...words: readonly string[]): Value => ({
  expected: words.map((word) => word || 'nothing').join(' or '),
  pattern: words.join('|'),
});
/** The value of these is not read. */
const FLAG: Value = { expected: 'nothing', pattern: '.*' };
const TRUTH: Value = { expected: 'nothing, on or off', pattern: '|on|off|true|false|yes|no' };

/**
 * Lines of a vrrp_instance that any Service may set (keepalived.conf(5), "VRRP instance"): they run nothing, read no file, open no block and
 * leave id, interface, addresses and authentication to the planner. Ranges are those of `keepalived --config-test` 2.2.7, measured.
 */
export const SERVICE_LINES: Readonly<Record<string, Value>> = {
  accept: FLAG,
  advert_int: decimal(0.01, 255),
  check_unicast_src: FLAG,
  debug: integer(0, 4),
  dont_track_primary: FLAG,
  down_timer_adverts: integer(1, 100),
  garp_lower_prio_delay: integer(0, 4294),
  garp_lower_prio_repeat: integer(0, 100),
  garp_master_delay: integer(0, 4294),
  garp_master_refresh: integer(0, 86_400),
  garp_master_refresh_repeat: integer(1, 100),
  garp_master_repeat: integer(1, 100),
  higher_prio_send_advert: TRUTH,
  kernel_rx_buf_size: integer(0, 2 ** 29),
  lower_prio_no_advert: TRUTH,
  mcast_src_ip: { expected: 'an IP address', pattern: '[0-9A-Fa-f.:]+', isAddress: true },
  native_ipv6: FLAG,
  no_accept: FLAG,
  nopreempt: FLAG,
  notify_priority_changes: TRUTH,
  old_unicast_checksum: oneOf('', 'never'),
  preempt: FLAG,
  preempt_delay: decimal(0, 1000),
  priority: integer(1, 254),
  promote_secondaries: FLAG,
  skip_check_adv_addr: TRUTH,
  state: oneOf('MASTER', 'BACKUP'),
  unicast_ttl: integer(0, 255),
  use_vmac: oneOf(''),
  version: integer(2, 3),
  vmac_xmit_base: FLAG,
};
