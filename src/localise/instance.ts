import type { Conf, Statement } from '../conf/tree.ts';

/** What the lines of one vrrp_instance say, read as keepalived reads them. */
export interface Instance {
  readonly name: string;
  readonly virtualRouterId: number;
  /** Keepalived takes the last line, and 100 when there is none. */
  readonly priority: number;
  readonly family: Family;
  /** VRRP version; IPv6 is always 3. */
  readonly version: 2 | 3;
  /** Advertised and excluded addresses, without prefix length, in the order of the file. */
  readonly addresses: readonly string[];
  /** Those of them that its adverts list. */
  readonly advertised: readonly string[];
  /** Seconds between two adverts. */
  readonly interval: number;
  /** Seconds without an advert after which a backup takes over, without its skew. */
  readonly patience: number;
}

export type Family = 'IPv4' | 'IPv6';

/** Every vrrp_instance of a file without conditions. */
export function instancesOf(conf: Conf): Instance[] {
  return conf.filter(isInstance).map((statement) => instanceOf(statement, conf));
}

export function isInstance({ keyword, block }: Statement): boolean {
  return keyword === 'vrrp_instance' && block !== undefined;
}

export function instanceOf(statement: Statement, conf: Conf): Instance {
  const lines = statement.block ?? [];
  const interval = Number(lastWord(lines, 'advert_int') ?? 1) || 1;
  const adverts = lastWord(lines, 'down_timer_adverts') ?? lastWord(globalsOf(conf), 'vrrp_down_timer_adverts');
  const advertised = listIn(lines, 'virtual_ipaddress');
  const family = advertised[0]?.includes(':') || lines.some(({ keyword }) => keyword === 'native_ipv6') ? 'IPv6' : 'IPv4';
  return {
    name: statement.words[0] ?? '',
    virtualRouterId: Number(lastWord(lines, 'virtual_router_id') ?? 0),
    priority: Number(lastWord(lines, 'priority') ?? 100),
    family,
    version: family === 'IPv6' ? 3 : (versionIn(lines, 'version') ?? versionIn(globalsOf(conf), 'vrrp_version') ?? 2),
    addresses: [...advertised, ...listIn(lines, 'virtual_ipaddress_excluded')],
    advertised,
    interval,
    patience: interval * (Number(adverts ?? 3) || 3),
  };
}

/** The lines of every global_defs block. */
export function globalsOf(conf: Conf): Statement[] {
  return conf.filter(({ keyword }) => keyword === 'global_defs').flatMap(({ block }) => block ?? []);
}

/** Names of the instances that change state with others, and whose own trackers do not count. */
export function syncedNames(conf: Conf): Set<string> {
  const groups = conf.filter(({ keyword }) => keyword === 'vrrp_sync_group').flatMap(({ block }) => block ?? []);
  return new Set(groups.filter(({ keyword }) => keyword === 'group').flatMap(({ block }) => (block ?? []).map((one) => one.keyword)));
}

// --- internal ---

function lastWord(lines: readonly Statement[], keyword: string): string | undefined {
  return lines.findLast((line) => line.keyword === keyword)?.words[0];
}

function versionIn(lines: readonly Statement[], keyword: string): 2 | 3 | undefined {
  const word = lastWord(lines, keyword);
  return word === undefined ? undefined : word === '3' ? 3 : 2;
}

function listIn(lines: readonly Statement[], keyword: string): string[] {
  const blocks = lines.filter((line) => line.keyword === keyword);
  return blocks.flatMap(({ block }) => block ?? []).map((line) => line.keyword.split('/', 1)[0] ?? '');
}
