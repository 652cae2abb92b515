import { address, decimal, FLAG, integer, oneOf, TRUTH, type Value, words } from './value.ts';

/** What a group may write after a keyword of `global_defs`, or why it can't have the line. */
export type GlobalLine = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'refused'; readonly because: string };

/** The keepalived of the operator's own image: it checks every file, whatever image runs it. */
export const KEEPALIVED = 'keepalived 2.3.3';

export function globalLine(keyword: string): GlobalLine {
  for (const table of [GLOBAL_LINES, GLOBAL_LINES_SINCE_2_3])
    if (Object.hasOwn(table, keyword)) return { kind: 'value', value: table[keyword] ?? FLAG };
  if (Object.hasOwn(REFUSED, keyword)) return { kind: 'refused', because: REFUSED[keyword] ?? '' };
  return { kind: 'refused', because: `${KEEPALIVED}, which checks the file, does not know the keyword; correct or remove it` };
}

/** Those that keepalived takes only when it starts: a reload with a change of one is dropped whole, whatever else is new in it. */
export const AT_START: ReadonlySet<string> = new Set(['disable_local_igmp', 'nftables', 'nftables_ipvs']);

// --- internal ---

const PATH = words('a path');
const NAME = words('a name');
const SHORT: Value = { expected: 'a name of at most 15 characters', pattern: '[^ ]{1,15}' };
const PROGRAM = words('a program with its arguments');
const SIZE = integer(0, 999_999_999);
const CPUS: Value = { expected: 'numbers of CPUs', pattern: '[0-9]{1,4}( [0-9]{1,4})*' };
const NICE = integer(-20, 19);
const MICROSECONDS = integer(1, 999_999_999);

/** The same keyword for each of keepalived's processes. */
const each = (prefixes: readonly string[], suffix: string, value: Value): Record<string, Value> =>
  Object.fromEntries(prefixes.map((prefix) => [`${prefix}_${suffix}`, value]));
const PROCESSES = ['vrrp', 'checker', 'bfd'];

/**
 * Lines of global_defs (keepalived.conf(5), "Global definitions") that keepalived 2.2.7 and 2.3.3 take without a word, as
 * `test/net/keyword.test.ts` has them tried.
 */
export const GLOBAL_LINES: Readonly<Record<string, Value>> = {
  ...each(PROCESSES, 'cpu_affinity', CPUS),
  ...each(PROCESSES, 'no_swap', FLAG),
  ...each(PROCESSES, 'priority', NICE),
  ...each([...PROCESSES, 'lvs'], 'process_name', SHORT),
  ...each(PROCESSES, 'rlimit_rtime', MICROSECONDS),
  ...each(PROCESSES, 'rlimit_rttime', MICROSECONDS),
  ...each(PROCESSES, 'rt_priority', integer(1, 99)),
  ...each(['vrrp', 'lvs'], 'netlink_cmd_rcv_bufs', SIZE),
  ...each(['vrrp', 'lvs'], 'netlink_cmd_rcv_bufs_force', TRUTH),
  ...each(['vrrp', 'lvs'], 'netlink_monitor_rcv_bufs', SIZE),
  ...each(['vrrp', 'lvs'], 'netlink_monitor_rcv_bufs_force', TRUTH),
  checker_log_all_failures: TRUTH,
  config_save_dir: PATH,
  dbus_service_name: NAME,
  default_interface: NAME,
  disable_local_igmp: FLAG,
  dynamic_interfaces: oneOf('', 'allow_if_changes'),
  enable_dbus: FLAG,
  enable_script_security: FLAG,
  enable_snmp_checker: FLAG,
  enable_snmp_rfc: FLAG,
  enable_snmp_rfcv2: FLAG,
  enable_snmp_rfcv3: FLAG,
  enable_snmp_vrrp: FLAG,
  enable_traps: FLAG,
  fifo_write_vrrp_states_on_reload: FLAG,
  include: PATH,
  log_unknown_vrids: FLAG,
  lvs_flush: FLAG,
  lvs_flush_on_stop: oneOf('', 'VS'),
  lvs_notify_fifo: PATH,
  lvs_notify_fifo_script: PROGRAM,
  lvs_sync_daemon: words('an interface with options'),
  lvs_timeouts: { expected: 'tcp, tcpfin or udp with seconds', pattern: '((tcp|tcpfin|udp) [0-9]{1,6} ?)+' },
  max_auto_priority: { expected: 'nothing or a whole number, -1-99', pattern: '|-1|[0-9]{1,2}' },
  min_auto_priority_delay: integer(1, 10_000_000),
  nftables: { expected: 'nothing or the name of a table', pattern: '[^ ]*' },
  nftables_counters: FLAG,
  nftables_ifindex: FLAG,
  nftables_ipvs: FLAG,
  nftables_ipvs_priority: integer(-999_999_999, 999_999_999),
  nftables_ipvs_start_fwmark: integer(1, 999_999_999),
  nftables_priority: integer(-999_999_999, 999_999_999),
  no_checker_emails: TRUTH,
  no_email_faults: FLAG,
  notification_email_from: NAME,
  notify_fifo: PATH,
  notify_fifo_script: PROGRAM,
  process_monitor_rcv_bufs: SIZE,
  process_monitor_rcv_bufs_force: TRUTH,
  process_name: SHORT,
  process_names: FLAG,
  random_seed: SIZE,
  router_id: NAME,
  rs_init_notifies: TRUTH,
  script_user: words('a user, and a group if it is another'),
  shutdown_script: PROGRAM,
  shutdown_script_timeout: integer(1, 1000),
  smtp_alert: TRUTH,
  smtp_alert_checker: TRUTH,
  smtp_alert_vrrp: TRUTH,
  smtp_connect_timeout: integer(1, 999),
  smtp_helo_name: NAME,
  smtp_server: words('an IP address or a host name, and a port if it is another than 25'),
  snmp_socket: { expected: 'a socket', pattern: '[^ ]+' },
  startup_script: PROGRAM,
  startup_script_timeout: integer(1, 1000),
  umask: words('a number, or names of bits'),
  vmac_addr_prefix: NAME,
  vmac_prefix: NAME,
  vrrp_check_unicast_src: FLAG,
  vrrp_down_timer_adverts: integer(1, 100),
  vrrp_garp_extra_if: { expected: 'seconds, 1-86400, after all or without it', pattern: '(all )?[1-9][0-9]{0,4}' },
  vrrp_garp_interval: decimal(0.000001, 4294),
  vrrp_garp_lower_prio_delay: integer(0, 4294),
  vrrp_garp_lower_prio_repeat: integer(0, 100),
  vrrp_garp_master_delay: integer(0, 4294),
  vrrp_garp_master_refresh: integer(0, 86_400),
  vrrp_garp_master_refresh_repeat: integer(1, 100),
  vrrp_garp_master_repeat: integer(1, 100),
  vrrp_gna_interval: decimal(0.000001, 4294),
  vrrp_higher_prio_send_advert: TRUTH,
  vrrp_lower_prio_no_advert: TRUTH,
  vrrp_mcast_group4: address('IPv4 multicast'),
  vrrp_mcast_group6: address('IPv6 multicast'),
  vrrp_min_garp: TRUTH,
  vrrp_notify_fifo_script: PROGRAM,
  vrrp_notify_priority_changes: TRUTH,
  vrrp_rx_bufs_multiplier: integer(1, 999_999),
  vrrp_rx_bufs_policy: { expected: 'MTU, ADVERT or a number of bytes', pattern: 'MTU|ADVERT|[0-9]{1,9}' },
  vrrp_skip_check_adv_addr: oneOf('', 'on', 'true', 'yes'),
  vrrp_startup_delay: decimal(0.001, 4294),
  vrrp_strict: TRUTH,
  vrrp_version: integer(2, 3),
};

/** Those that came after 2.2.7. */
export const GLOBAL_LINES_SINCE_2_3: Readonly<Record<string, Value>> = {
  dbus_no_interface_name: NAME,
  iproute_etc_dir: PATH,
  iproute_usr_dir: PATH,
  snmp_rs_stats_update_interval: decimal(0.001, 30),
  snmp_vs_stats_update_interval: decimal(0.001, 30),
  use_symlink_paths: TRUTH,
  v3_checksum_as_v2: FLAG,
};

const BLOCK = 'it opens a block, which a single line can not hold; remove it';
const OWN = "the operator's agent sets it on each node; remove it";

/** What keepalived knows and a group can't have, or what has another name by now. */
const REFUSED: Readonly<Record<string, string>> = {
  data_use_instance: OWN,
  enable_snmp_keepalived: 'its name is enable_snmp_vrrp; write that',
  include_check: 'the operator includes no files; remove it',
  instance: OWN,
  json_dump_file: OWN,
  json_version: OWN,
  lvs_flush_onstop: 'its name is lvs_flush_on_stop; write that',
  net_namespace: OWN,
  notification_email: BLOCK,
  reload_check_config: OWN,
  reload_file: OWN,
  reload_repeat: OWN,
  reload_time_file: OWN,
  state_dump_file: OWN,
  stats_dump_file: OWN,
  tmp_config_directory: OWN,
  vrrp_ipsets: `${KEEPALIVED} uses nftables, which needs no ipsets; remove it`,
  vrrp_iptables: `${KEEPALIVED} uses nftables instead of iptables without this line; remove it, or write nftables with the name of a table`,
  vrrp_notify_fifo: OWN,
  vrrp_vmac_garp_intvl: 'its name is vrrp_garp_extra_if; write that',
};
