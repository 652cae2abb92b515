import { address, decimal, FLAG, integer, oneOf, TRUTH, type Value } from './value.ts';

/** What any Service may set after this keyword, or undefined when it may not set it by itself. */
export function serviceLine(keyword: string): Value | undefined {
  return Object.hasOwn(SERVICE_LINES, keyword) ? SERVICE_LINES[keyword] : undefined;
}

/** Keywords that run a program; keepalived refuses the whole file for them where it has no `enable_script_security`. */
export const runsProgram = (keyword: string): boolean => /^notify(?!_priority_changes$|_deleted$)|script/.test(keyword);

/**
 * Lines of a vrrp_instance that any Service may set (keepalived.conf(5), "VRRP instance"): they run nothing, read no file, open no block and
 * leave id, interface, addresses and authentication to the planner. `test/net/keyword.test.ts` holds them against keepalived itself.
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
  mcast_src_ip: address('IP'),
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
  track_src_ip: FLAG,
  unicast_ttl: integer(0, 255),
  use_vmac: oneOf(''),
  version: integer(2, 3),
  vmac_xmit_base: FLAG,
};
