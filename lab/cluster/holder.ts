/** Who has an address. */
import ipaddr from 'ipaddr.js';
import { type HostName, SWITCH } from '../hosts/address.ts';
import { onNetworkOf } from '../hosts/host.ts';
import { run } from '../machine/run.ts';
import { hostIsUp, hostOf, type LabState } from './state.ts';

/** The hosts that have the address on an interface now, in the order of their names. */
export async function holdersOf(state: LabState, address: string): Promise<HostName[]> {
  const wanted = ipaddr.parse(address).toString();
  return [...(await heldIn(state))].flatMap(([name, held]) => (held.has(wanted) ? name : [])).sort();
}

/** The addresses, in their canonical form, that each host has on its interfaces now; hosts without power are absent. */
export async function heldIn(state: LabState): Promise<Map<HostName, Set<string>>> {
  const names = Object.keys(state.hosts).filter((name) => name !== SWITCH && hostIsUp(state, name));
  const held = async (name: HostName): Promise<[HostName, Set<string>]> => {
    const { stdout } = await run(onNetworkOf(hostOf(state, name), ['ip', '-json', 'address', 'show']));
    return [name, addressesIn(stdout)];
  };
  return new Map(await Promise.all(names.map(held)));
}

/** The addresses on a host's interfaces, from the output of `ip -json address show`. */
export function addressesIn(output: string): Set<string> {
  const links: { addr_info?: { local?: string }[] }[] = JSON.parse(output);
  return new Set(
    links.flatMap((link) => link.addr_info ?? []).flatMap(({ local }) => (local === undefined ? [] : ipaddr.parse(local).toString())),
  );
}
