import type { Lane } from './board.ts';
import { toneOf } from './words.ts';

/** What a cell says. `left` was here a moment ago. */
export type CellKind = 'calm' | 'came' | 'doubt' | 'alarm' | 'left';

/** Cells of one kind as the data of one SVG path: thousands of addresses are a handful of elements. */
export interface Cells {
  readonly width: number;
  readonly height: number;
  readonly paths: readonly { readonly kind: CellKind; readonly data: string }[];
}

/** Pixels of a cell, and from one to the next. */
const SIDE = 7;
const STEP = 9;

/** A cell for each address of a lane, in rows, by number; behind them those that have just left. */
export function cellsOf({ addresses, came, left }: Pick<Lane, 'addresses' | 'came' | 'left'>, columns: number): Cells {
  const kinds: CellKind[] = [
    ...addresses.map(({ address, health }): CellKind => {
      const tone = toneOf(health);
      return tone === 'calm' && came.has(address) ? 'came' : tone;
    }),
    ...left.map((): CellKind => 'left'),
  ];
  const data = new Map<CellKind, string[]>();
  for (const [index, kind] of kinds.entries()) {
    const square = `M${(index % columns) * STEP} ${Math.floor(index / columns) * STEP}h${SIDE}v${SIDE}h-${SIDE}z`;
    const known = data.get(kind);
    if (known === undefined) data.set(kind, [square]);
    else known.push(square);
  }
  return {
    width: columns * STEP,
    height: Math.ceil(kinds.length / columns) * STEP,
    paths: [...data].map(([kind, squares]) => ({ kind, data: squares.join('') })),
  };
}

/** The address under a point of the cells; undefined between them, and where none is. */
export function cellAt({ addresses }: Pick<Lane, 'addresses'>, columns: number, x: number, y: number): string | undefined {
  const column = Math.floor(x / STEP);
  if (column < 0 || column >= columns) return undefined;
  return addresses[Math.floor(y / STEP) * columns + column]?.address;
}
