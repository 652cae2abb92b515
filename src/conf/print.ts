import type { Condition, Conf, Statement } from './tree.ts';
import { byteLength, isPlain, MAX_LINE_BYTES, refusal } from './word.ts';

/** A tree that keepalived.conf can't say: nothing is printed rather than something that means another thing. */
export class UnprintableWord extends Error {
  /** The word, or the whole line when that is what is too long. */
  readonly word: string;
  /** Keywords and first words from the top of the file to the line. */
  readonly path: readonly string[];
  readonly reason: string;

  constructor(word: string, path: readonly string[], reason: string) {
    super(`${path.join(' > ')}: ${JSON.stringify(word)} ${reason}`);
    this.name = 'UnprintableWord';
    this.word = word;
    this.path = path;
    this.reason = reason;
  }
}

/**
 * The text of the file: two spaces for each depth, an empty line between the blocks at the top, the same bytes for the same tree.
 * Throws {@link UnprintableWord}.
 */
export function print(conf: Conf): string {
  const blocks = conf.map((statement) => printStatement(statement, { depth: 0, path: [] }).join('\n'));
  return blocks.map((text, index) => (index > 0 && text.includes('\n') ? `\n${text}\n` : `${text}\n`)).join('');
}

// --- internal ---

interface Place {
  readonly depth: number;
  readonly path: readonly string[];
  /** keepalived's conditions hold for one line, so a block's is repeated on every line in it. */
  readonly condition?: Condition;
}

function printStatement(statement: Statement, outer: Place): string[] {
  const path = [...outer.path, [statement.keyword, ...statement.words.slice(0, 1)].join(' ')];
  const condition = joined(statement.condition, outer.condition, path);
  const place: Place = { depth: outer.depth, path, ...(condition && { condition }) };
  const words = wordsOf(statement, path);
  if (statement.block === undefined) return [asLine(words, place)];
  const inner: Place = { ...place, depth: place.depth + 1 };
  return [asLine(`${words} {`, place), ...statement.block.flatMap((child) => printStatement(child, inner)), asLine('}', place)];
}

function joined(own: Condition | undefined, outer: Condition | undefined, path: readonly string[]): Condition | undefined {
  if (own === undefined || outer === undefined) return own ?? outer;
  if (own.id === outer.id && own.negated === outer.negated) return own;
  throw new UnprintableWord(own.id, path, `is a condition inside a block that is already only for ${outer.id}; a line has one`);
}

function wordsOf({ keyword, words }: Statement, path: readonly string[]): string {
  if (keyword === '') throw new UnprintableWord(keyword, path, 'is not a keyword');
  // What follows an include is taken to the end of the line as it is, quotes too.
  const bare = /^include[ramwb]?$/.test(keyword);
  return [keyword, ...words].map((word, index) => printWord(word, { first: index === 0, bare, path })).join(' ');
}

function printWord(word: string, { first, bare, path }: { first: boolean; bare: boolean; path: readonly string[] }): string {
  const reason = refusal(word);
  if (reason !== null) throw new UnprintableWord(word, path, reason);
  if (isPlain(word, first)) return word;
  if (bare) throw new UnprintableWord(word, path, 'holds a character that the name of an included file can not hold');
  return `"${word}"`;
}

function asLine(text: string, { depth, path, condition }: Place): string {
  const line = `${'  '.repeat(depth)}${condition ? `${sign(condition, path)} ` : ''}${text}`;
  if (byteLength(line) > MAX_LINE_BYTES)
    throw new UnprintableWord(line, path, `has ${byteLength(line)} bytes; keepalived reads lines of up to ${MAX_LINE_BYTES}`);
  return line;
}

function sign({ id, negated }: Condition, path: readonly string[]): string {
  if (!isPlain(id, true)) throw new UnprintableWord(id, path, 'is not an id that a condition can name');
  return negated ? `@^${id}` : `@${id}`;
}
