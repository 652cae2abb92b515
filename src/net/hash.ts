/** A hash of a text that is the same on every machine and in every release: FNV-1a over UTF-16 code units, then a final mix. 16 hex digits. */
export function stableHash(text: string): string {
  return hex(mixed(text, 0x811c9dc5)) + hex(mixed(text, 0x9747b28c));
}

// --- internal ---

const PRIME = 0x01000193;

function mixed(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  // Without the mix, texts that differ in their last character only would be neighbours (MurmurHash3's finalizer).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const hex = (word: number): string => word.toString(16).padStart(8, '0');
