import { parseAddress } from '../net/address.ts';

/** What may follow a keyword, in words, and whether a value is that. keepalived refuses the whole file for one that isn't. */
interface Value {
  readonly expected: string;
  readonly fits: (value: string) => boolean;
}

/**
 * Lines of a vrrp_instance that a Service may set (keepalived.conf(5), "VRRP instance"): they run nothing, read no file, open no block and
 * leave id, interface, addresses and authentication to the planner.
 */
export function serviceLine(keyword: string): Value | undefined {
  return Object.hasOwn(SERVICE_LINES, keyword) ? SERVICE_LINES[keyword] : undefined;
}

// --- internal ---

const integer = (low: number, high: number): Value => ({
  expected: `a whole number, ${low}-${high}`,
  fits: (value) => /^\d{1,9}$/.test(value) && Number(value) >= low && Number(value) <= high,
});
const decimal = (low: number, high: number): Value => ({
  expected: `a number, ${low}-${high}`,
  fits: (value) => /^\d{1,4}(\.\d{1,6})?$/.test(value) && Number(value) >= low && Number(value) <= high,
});
const oneOf = (...words: readonly string[]): Value => ({ expected: words.join(' or '), fits: (value) => words.includes(value) });
/** The value of these is not read. */
const FLAG: Value = { expected: 'nothing', fits: () => true };
const TRUTH: Value = {
  expected: 'nothing, on or off',
  fits: (value) => ['', 'on', 'off', 'true', 'false', 'yes', 'no'].includes(value),
};

/** Ranges are those of `keepalived --config-test` 2.2.7, measured. */
const SERVICE_LINES: Readonly<Record<string, Value>> = {
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
  mcast_src_ip: { expected: 'an IP address', fits: (value) => parseAddress(value) !== undefined },
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
