import type { Service } from '../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../api/names.ts';
import type { Problem } from '../api/problem.ts';
import { print, UnprintableWord } from '../conf/print.ts';
import { line, type Statement } from '../conf/tree.ts';
import { byText } from '../net/text-order.ts';
import { serviceReference } from './reference.ts';

/**
 * Lines of a vrrp_instance that a Service may set (keepalived.conf(5), "VRRP instance"): they run nothing, read no file, open no block and
 * leave id, interface, addresses and authentication to the planner.
 */
export const SERVICE_KEYWORDS: ReadonlySet<string> = new Set([
  'accept',
  'advert_int',
  'check_unicast_src',
  'debug',
  'dont_track_primary',
  'down_timer_adverts',
  'garp_lower_prio_delay',
  'garp_lower_prio_repeat',
  'garp_master_delay',
  'garp_master_refresh',
  'garp_master_refresh_repeat',
  'garp_master_repeat',
  'higher_prio_send_advert',
  'kernel_rx_buf_size',
  'lower_prio_no_advert',
  'mcast_src_ip',
  'native_ipv6',
  'no_accept',
  'nopreempt',
  'notify_priority_changes',
  'old_unicast_checksum',
  'preempt',
  'preempt_delay',
  'priority',
  'promote_secondaries',
  'skip_check_adv_addr',
  'state',
  'strict_mode',
  'thread_timer_expired',
  'unicast_ttl',
  'use_vmac',
  'version',
  'vmac_xmit_base',
]);

/** Lines by which a Service's annotation adds to its VRRP instances, and what was refused; a refused line leaves the others. */
export function serviceVerbatim(service: Service): { readonly lines: readonly Statement[]; readonly problems: readonly Problem[] } {
  const text = service.metadata.annotations?.[SERVICE_ANNOTATIONS.verbatim];
  if (text === undefined || text.trim() === '') return { lines: [], problems: [] };
  const object = serviceReference(service);
  const entries = parseEntries(text);
  if (entries === undefined) {
    const message = `annotation ${SERVICE_ANNOTATIONS.verbatim} is ${JSON.stringify(text.slice(0, 80))}; expected a JSON object of strings, as in {"advert_int": "1"}`;
    return { lines: [], problems: [{ object, reason: 'VerbatimMalformed', message }] };
  }
  const judged = entries.map(([keyword, value]) => judge(keyword, value));
  return {
    lines: judged.flatMap((one) => (typeof one === 'string' ? [] : [one])),
    problems: judged.flatMap((message) => (typeof message === 'string' ? [{ object, reason: 'VerbatimRefused' as const, message }] : [])),
  };
}

/** `keyword value`, the value's words apart; an empty value gives the keyword alone. */
export const verbatimLine = (keyword: string, value: string): Statement =>
  line(keyword, ...value.split(/[ \t]+/).filter((word) => word !== ''));

/** Why keepalived.conf can't hold the line, or undefined. */
export function unprintable(statement: Statement): string | undefined {
  try {
    print([statement]);
    return undefined;
  } catch (error) {
    if (error instanceof UnprintableWord) return error.reason;
    throw error;
  }
}

// --- internal ---

function parseEntries(text: string): [string, string][] | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
    key,
    typeof one === 'number' || typeof one === 'boolean' ? String(one) : one,
  ]);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? entries.sort(([a], [b]) => byText(a, b))
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function judge(keyword: string, value: string): Statement | string {
  const shown = JSON.stringify(`${keyword} ${value}`.trim().slice(0, 80));
  if (!SERVICE_KEYWORDS.has(keyword)) {
    return `${shown} is left out: ${keyword} is none of the lines that a Service may set (documentation, "verbatimconfig"); remove it, or ask the group's owner to set it for all`;
  }
  const statement = verbatimLine(keyword, value);
  const reason = unprintable(statement);
  return reason === undefined ? statement : `${shown} is left out: it ${reason}`;
}
