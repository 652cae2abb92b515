import { type AddressFact, type Facts, HEALTHS, type Health } from '../model/facts.ts';
import { inOrder } from './board.ts';

/** What of the addresses is shown in the table. */
export interface Filter {
  /** Words that all have to be in the address, its Service, group or node. */
  readonly text: string;
  /** Only this health. */
  readonly health?: Health;
  /** Only of this node. */
  readonly node?: string;
}

export const NO_FILTER: Filter = { text: '' };

/** The addresses that a filter leaves: what is wrong first, then by number. */
export function rowsOf(addresses: Facts['addresses'], { text, health, node }: Filter): readonly AddressFact[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = inOrder(addresses).filter(
    (one) =>
      (health === undefined || one.health === health) &&
      (node === undefined || one.node === node) &&
      (words.length === 0 || words.every((word) => textOf(one).includes(word))),
  );
  const byHealth = Map.groupBy(shown, (one) => one.health);
  return HEALTHS.flatMap((one) => byHealth.get(one) ?? []);
}

/** The part of a long list that is in sight, with a margin; pixels. */
export function windowOf(count: number, rowHeight: number, scrollTop: number, height: number, margin = 12) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + margin);
  return { first: Math.min(first, end), end };
}

// --- internal ---

const texts = new WeakMap<AddressFact, string>();

function textOf(one: AddressFact): string {
  const known = texts.get(one) ?? `${one.address} ${one.service ?? ''} ${one.group ?? ''} ${one.node ?? ''}`.toLowerCase();
  texts.set(one, known);
  return known;
}
