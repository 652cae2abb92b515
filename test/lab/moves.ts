/** What is written down of an address. */
import type { Lab } from '../../lab/lab.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { MoveRecord, VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { nameOf } from '../../src/observe/journal/move.ts';

export type { MoveRecord } from '../../src/api/virtual-ip/virtual-ip.ts';

/** The moves of an address, the latest first. */
export async function movesOf(lab: Lab, address: string): Promise<readonly MoveRecord[]> {
  const { status }: VirtualIP = JSON.parse(await lab.kubectl(['get', 'virtualip', virtualIPName(address), '-o', 'json']));
  return status?.moves ?? [];
}

/** Those that are none of these. */
export async function movesSince(lab: Lab, address: string, before: readonly MoveRecord[]): Promise<readonly MoveRecord[]> {
  const known = new Set(before.map(nameOf));
  return (await movesOf(lab, address)).filter((move) => !known.has(nameOf(move)));
}
