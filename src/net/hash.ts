/** A hash of a text that is the same on every machine and in every release: FNV-1a over UTF-16 code units, then a final mix. 16 hex digits. */
export function stableHash(text: string): string {
  const [high, low] = SEEDS;
  return hex(mixed(folded(high, text))) + hex(mixed(folded(low, text)));
}

/**
 * For each candidate the hash of `key`, a line end and the candidate, as a number that orders like {@link stableHash} (of its 64 bits the
 * first 53). Rendezvous hashing asks for it thousands of times.
 */
export function rendezvous(key: string): (candidate: string) => number {
  const [high, low] = SEEDS.map((seed) => folded(seed, `${key}\n`)) as [number, number];
  return (candidate) => mixed(folded(high, candidate)) * 2 ** 21 + (mixed(folded(low, candidate)) >>> 11);
}

/** The one of the candidates, of which there is at least one, with the lowest hash beside the key: a candidate that goes moves only what it had. */
export function lowestHash(key: string, candidates: readonly string[]): string {
  const hash = rendezvous(key);
  let [best = '', lowest] = [candidates[0], Number.POSITIVE_INFINITY];
  for (const candidate of candidates) {
    const found = hash(candidate);
    if (found < lowest) [best, lowest] = [candidate, found];
  }
  return best;
}

// --- internal ---

const PRIME = 0x01000193;
const SEEDS = [0x811c9dc5, 0x9747b28c] as const;

function folded(seed: number, text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  return hash;
}

/** Without the mix, texts that differ in their last character only would be neighbours (MurmurHash3's finalizer). */
function mixed(folded: number): number {
  let hash = Math.imul(folded ^ (folded >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const hex = (word: number): string => word.toString(16).padStart(8, '0');
