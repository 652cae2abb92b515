import { readFile } from 'node:fs/promises';
import type { ArpSettings } from '../../localise/node-facts.ts';

/** Reads a setting of IPv4 (`conf/eth0/arp_ignore`); handed in, so that tests can answer. */
export type ReadSetting = (path: string) => Promise<string>;

/** What counts for ARP on the link; null where the kernel doesn't say. Nothing but reading is possible in a pod, and needed. */
export async function arpSettings(link: string, read: ReadSetting = readProc): Promise<ArpSettings | null> {
  const value = async (name: string, setting: string): Promise<number> => Number(await read(`conf/${name}/${setting}`));
  const most = async (setting: string): Promise<number> => Math.max(await value('all', setting), await value(link, setting));
  try {
    return {
      ignore: await most('arp_ignore'),
      announce: await most('arp_announce'),
      filter: await most('arp_filter'),
      leastReversePathFilter: await value('all', 'rp_filter'),
    };
  } catch {
    return null;
  }
}

// --- internal ---

const readProc: ReadSetting = (path) => readFile(`/proc/sys/net/ipv4/${path}`, 'utf8');
