/** What keepalived's parser does to the words of a line (keepalived 2.2.7 and 2.3.3, measured; docs/adr says how). */

/** Read as they are, wherever they stand but first on a line. */
const PLAIN = /^[A-Za-z0-9._:/,=+%@-]+$/;

/** Longest line that keepalived reads as one, in bytes, without its line end. */
export const MAX_LINE_BYTES = 1022;

/** Why keepalived can't be given this word, or null when `quoted` or the bare word says exactly it. */
export function refusal(word: string): string | null {
  if (word === '{' || word === '}') return 'is a brace by itself, which opens or closes a block even in quotes';
  if (word.includes('"')) return 'holds a double quote, which keepalived can not escape';
  if (word.includes('\\')) return 'holds a backslash, which some keywords take as an escape and others do not';
  if (hasControlCharacter(word)) return 'holds a control character';
  if (!word.isWellFormed()) return 'holds half of a surrogate pair, which is not a character';
  if (/\$\{?_/.test(word)) return "holds a reference to one of keepalived's own definitions ($_NAME)";
  return null;
}

/** Whether the word stands for itself without quotes; `first` on a line an `@` would be a condition. */
export function isPlain(word: string, first: boolean): boolean {
  return PLAIN.test(word) && !(first && word.startsWith('@'));
}

/** Bytes of the text in UTF-8, which is what keepalived counts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

// --- internal ---

function hasControlCharacter(word: string): boolean {
  for (let index = 0; index < word.length; index++) {
    const code = word.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
