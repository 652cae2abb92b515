import { readFile } from 'node:fs/promises';
import type { Link } from '../../api/node/config.ts';
import type { NetworkInterface, NodeFacts } from '../../localise/node-facts.ts';
import { parseAddress } from '../../net/address.ts';
import { containsAny, locate, parseRange } from '../../net/range.ts';
import { arpSettings } from '../look/arp-settings.ts';
import type { RunCommand } from '../run-command.ts';
import { isMac } from '../wire/mac.ts';

const LIMIT_MILLISECONDS = 5000;

export interface Identity {
  readonly node: string;
  readonly pod: string;
}

export interface Wanted {
  readonly link: Link;
  readonly passwordFile: string;
  /** Whether it matters how the kernel treats ARP. */
  readonly virtualMac?: true | undefined;
}

/** What the node says of itself now; null when the kernel could not be asked. */
export async function readFacts(
  identity: Identity,
  { link: wanted, passwordFile, virtualMac }: Wanted,
  run: RunCommand,
): Promise<NodeFacts | null> {
  const interfaces = await readInterfaces(run);
  if (interfaces === null) return null;
  const link = await linkOn(wanted, interfaces, run);
  const arp = virtualMac && link !== null ? { arp: await arpSettings(link) } : {};
  return { ...identity, interfaces, link, password: await readPassword(passwordFile), ...arp };
}

/** Every interface with its addresses (`ip -json address`); null when that fails. */
export async function readInterfaces(run: RunCommand): Promise<NetworkInterface[] | null> {
  const { status, stdout } = await run('ip', ['-json', 'address', 'show'], LIMIT_MILLISECONDS);
  return status === 0 ? interfacesIn(stdout) : null;
}

/** The interfaces in the output of `ip -json address show`. */
export function interfacesIn(text: string): NetworkInterface[] | null {
  const entries = listIn(text);
  return (
    entries?.map((entry) => ({
      name: String(entry.ifname),
      ...(Array.isArray(entry.flags) && { isUp: entry.flags.includes('UP') && entry.flags.includes('LOWER_UP') }),
      ...(typeof entry.master === 'string' && { master: entry.master }),
      ...(macsOf(entry).length > 0 && { macs: macsOf(entry) }),
      ...(Array.isArray(entry.flags) && entry.flags.includes('SLAVE') && { isBonded: true as const }),
      ...(typeof entry.link_netnsid === 'number' && { isPair: true as const }),
      ...(typeof entry.link === 'string' && { over: entry.link }),
      addresses: recordsIn(entry.addr_info).map(({ local, prefixlen }) => ({ address: String(local), prefixLength: Number(prefixlen) })),
    })) ?? null
  );
}

/** The device in the output of `ip -json route get`; null without one. */
export function deviceIn(text: string): string | null {
  const device = listIn(text)?.[0]?.dev;
  return typeof device === 'string' && device !== '' ? device : null;
}

/** Next hops of every route of the node, in whatever table (`ip -json route`); null when that fails. */
export async function readNextHops(run: RunCommand): Promise<string[] | null> {
  const { status, stdout } = await run('ip', ['-json', 'route', 'show', 'table', 'all'], LIMIT_MILLISECONDS);
  return status === 0 ? nextHopsIn(stdout) : null;
}

/** The next hops in the output of `ip -json route show`: canonical, each once, those of default routes first, without link-local ones. */
export function nextHopsIn(text: string): string[] | null {
  const routes = listIn(text);
  if (routes === null) return null;
  const ordered = [...routes.filter(isDefault), ...routes.filter((route) => !isDefault(route))];
  const hops = ordered.flatMap((route) => [route, ...recordsIn(route.nexthops)]).flatMap(nextHopOf);
  return [...new Set(hops)];
}

// --- internal ---

const macsOf = ({ address, permaddr }: Fields): string[] =>
  [address, permaddr].flatMap((one) => (typeof one === 'string' && isMac(one) ? one.toLowerCase() : []));

const isDefault = ({ dst }: Fields): boolean => dst === 'default';
const isLinkLocal = containsAny(['169.254.0.0/16', 'fe80::/10'].flatMap((range) => parseRange(range) ?? []));

/** A next hop of the route's other family is in `via`. */
function nextHopOf({ gateway, via }: Fields): string[] {
  const [other] = recordsIn([via]);
  const address = parseAddress(String(gateway ?? other?.host ?? ''));
  return address === undefined || isLinkLocal(locate(address)) ? [] : [address.text];
}

/** A route to an address of the node itself goes through `lo`; meant is the interface that has it. */
async function linkOn(link: Link, interfaces: readonly NetworkInterface[], run: RunCommand): Promise<string | null> {
  if (link.kind === 'name') return interfaces.some(({ name }) => name === link.name) ? link.name : null;
  const own = interfaces.find(({ name, addresses }) => name !== 'lo' && addresses.some(({ address }) => address === link.to));
  if (own) return own.name;
  const { status, stdout } = await run('ip', ['-json', 'route', 'get', link.to], LIMIT_MILLISECONDS);
  const device = status === 0 ? deviceIn(stdout) : null;
  return device === 'lo' ? null : device;
}

/** The mounted password; null without the file. Blank space around it is an editor's. */
async function readPassword(file: string): Promise<string | null> {
  return readFile(file, 'utf8').then(
    (text) => text.trim() || null,
    () => null,
  );
}

type Fields = Readonly<Record<string, unknown>>;

function listIn(text: string): Fields[] | null {
  try {
    return recordsIn(JSON.parse(text));
  } catch {
    return null;
  }
}

/** `ip` fills its lists with empty objects for what it filtered out. */
function recordsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null && Object.keys(item).length > 0) : [];
}
