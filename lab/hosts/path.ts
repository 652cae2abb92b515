/** What the switch does to the frames between hosts. */
import { run } from '../machine/run.ts';
import type { HostName } from './address.ts';
import { type Host, inside } from './host.ts';

/** What the switch doesn't pass on. */
export interface Impediment {
  /** Nothing passes from a host to another one; the other way is another entry. */
  readonly cuts: readonly { readonly from: HostName; readonly to: HostName }[];
  /** Of a hundred adverts of VRRP, how many are lost, at random. */
  readonly lostAdverts: number;
}

/** Takes the place of whatever impeded them before. */
export async function impede(switchHost: Host, impediment: Impediment): Promise<void> {
  await run(inside(switchHost, ['nft', '--file', '-']), { input: rulesFor(impediment) });
}

/** A table of nftables for the bridge, and the end of the one before it. */
export function rulesFor({ cuts, lostAdverts }: Impediment): string {
  const drops = cuts.map(({ from, to }) => `iifname "${from}" oifname "${to}" drop`);
  const losses =
    lostAdverts === 0 ? [] : ['ip protocol', 'ip6 nexthdr'].map((field) => `${field} ${VRRP} numgen random mod 100 < ${lostAdverts} drop`);
  const rules = [...drops, ...losses].map((rule) => `    ${rule}\n`).join('');
  return `table bridge ${TABLE}\ndelete table bridge ${TABLE}\ntable bridge ${TABLE} {\n  chain forward {\n    type filter hook forward priority 0\n${rules}  }\n}\n`;
}

// --- internal ---

const TABLE = 'lab';
/** Number of the protocol, RFC 9568. */
const VRRP = 112;
