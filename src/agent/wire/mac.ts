import { MOST_MACS } from '../../api/node/wire.ts';
import type { NetworkInterface } from '../../localise/node-facts.ts';

/** Whether a text is an Ethernet address of one host. */
export const isMac = (text: string): boolean => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) && !/^(00:){5}00$/.test(text);

/** Whether it is the Ethernet address of a virtual router of VRRP (RFC 9568, section 7.3). */
export const isVirtualMac = (text: string): boolean => /^00:00:5e:00:0[12]:/i.test(text);

/**
 * Link-layer addresses that the node may answer with by an interface: its own, those of what is stacked on it (`use_vmac`), of what it is stacked
 * on, and of the ports of a bond among them; then those of its other interfaces, first of those with an address: one on the same segment may answer
 * as well, even without an address of its own. What belongs to a pod, or to a bridge, doesn't.
 * Sorted; {@link MOST_MACS} at most, and those of virtual routers, of which there may be hundreds, only where there is room: whoever asks knows them.
 */
export function macsOf(interfaces: readonly NetworkInterface[], link: string | null): string[] {
  const own = interfaces.find(({ name }) => name === link);
  if (own === undefined) return [];
  const below = interfaces.filter(({ name }) => name === own.over);
  const names = new Set([own, ...below].map(({ name }) => name));
  const ports = interfaces.filter(({ isBonded, master }) => isBonded && master !== undefined && names.has(master));
  const above = interfaces.filter(({ over }) => over === link);
  const others = interfaces.filter(({ addresses }) => addresses.length > 0);
  const spare = interfaces.filter(({ isUp, isPair, master }) => isUp && !isPair && master === undefined);
  const all = [own, ...below, ...ports, ...above, ...others, ...spare].flatMap(({ macs = [] }) => macs);
  return [...new Set([...all.filter((mac) => !isVirtualMac(mac)), ...all.filter(isVirtualMac)])].slice(0, MOST_MACS).sort();
}
