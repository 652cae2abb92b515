import { randomFrom } from '../../test/builders/random.ts';

/** Choices that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** One of a list that isn't empty. */
  pick<T>(list: readonly T[]): T;
  /** True in that share of the cases. */
  chance(share: number): boolean;
}

/** One word of state is plenty for a walk of some thousand steps. */
export function choicesFrom(seed: number): Random {
  const next = randomFrom(seed);
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('Nothing can be picked from an empty list.');
      return list[below(list.length)] as T;
    },
    chance: (share) => next() < share,
  };
}
