import type { VerbatimLines } from '../../api/node/config.ts';
import { print } from '../../conf/print.ts';
import { block, type Conf, type Statement } from '../../conf/tree.ts';

/** A line of the file that a user wrote word for word: keepalived may refuse it, and then it is left out by itself. */
export interface VerbatimLine {
  /** Who wrote it: `KeepalivedGroup NAMESPACE/NAME` or `Service NAMESPACE/NAME`. */
  readonly object: string;
  /** The block's first line as it is printed, such as `vrrp_instance web/web {`. */
  readonly block: string;
  readonly keyword: string;
  /** The whole line. */
  readonly text: string;
}

/** The verbatim lines that the file has. */
export function verbatimLinesIn(conf: Conf, marks: readonly VerbatimLines[]): VerbatimLine[] {
  return conf.flatMap((statement) => marks.filter((mark) => isOf(statement, mark)).flatMap((mark) => linesOf(statement, mark)));
}

/** The file without these lines. */
export function withoutLines(conf: Conf, lines: readonly VerbatimLine[]): Conf {
  const gone = Map.groupBy(lines, ({ block }) => block);
  return conf.map((statement) => {
    const keywords = new Set(gone.get(header(statement))?.map(({ keyword }) => keyword));
    if (keywords.size === 0 || statement.block === undefined) return statement;
    return { ...statement, block: statement.block.filter((line) => line.block !== undefined || !keywords.has(line.keyword)) };
  });
}

/** Those of the lines that the numbers name in a printed file. */
export function named(lines: readonly VerbatimLine[], text: string, numbers: readonly number[]): VerbatimLine[] {
  const printed = text.split('\n');
  return lines.filter((line) => numbers.some((number) => isAt(line, printed, number - 1)));
}

// --- internal ---

const isOf = ({ keyword, words }: Statement, { instances }: VerbatimLines): boolean =>
  instances === undefined ? keyword === 'global_defs' : keyword === 'vrrp_instance' && instances.includes(words[0] ?? '');

const header = ({ keyword, words }: Statement): string => print([block(keyword, words, [])]).split('\n', 1)[0] ?? '';

function linesOf(statement: Statement, { object, keywords }: VerbatimLines): VerbatimLine[] {
  const lines = (statement.block ?? []).filter((line) => line.block === undefined && keywords.includes(line.keyword));
  return lines.map((line) => ({ object, block: header(statement), keyword: line.keyword, text: print([line]).trim() }));
}

/** Whether that line of the printed file is this one: lines of a block are indented by one step, its first line is not. */
function isAt({ block, text }: VerbatimLine, printed: readonly string[], index: number): boolean {
  return printed[index] === `  ${text}` && printed.slice(0, index).findLast((line) => /^[^ }]/.test(line)) === block;
}
