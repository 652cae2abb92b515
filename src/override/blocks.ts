import { print } from '../conf/print.ts';
import type { Conf, Statement } from '../conf/tree.ts';

/** A block of the keepalived.conf that the operator would write, as custom templates see it. */
export interface Block {
  readonly Keyword: string;
  /** What stands between the keyword and the brace; may be empty. */
  readonly Name: string;
  readonly Lines: readonly Line[];
}

export interface Line {
  /** Of the line, or of the block inside the block that it is part of. */
  readonly Keyword: string;
  /** Without line end, indented by its depth in the block. */
  readonly Text: string;
}

/** The blocks of a file whose lines are all in blocks. Printed in order, they are the file again. */
export const blocksOf = (conf: Conf): Block[] =>
  conf.map((statement) => ({
    Keyword: statement.keyword,
    Name: printedWords(statement),
    Lines: (statement.block ?? []).flatMap(linesOf),
  }));

/** The words of a line as keepalived.conf has them, in quotes where it needs them. */
export const printedWords = ({ keyword, words }: Statement): string =>
  print([{ keyword, words }])
    .trimEnd()
    .slice(keyword.length + 1);

// --- internal ---

const linesOf = (statement: Statement): Line[] =>
  print([statement])
    .trimEnd()
    .split('\n')
    .map((text) => ({ Keyword: statement.keyword, Text: text }));
