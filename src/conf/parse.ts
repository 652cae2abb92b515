import { type Piece, piecesOf } from './piece.ts';
import { ConfSyntaxError, type Position } from './syntax-error.ts';
import type { Condition, Conf, Statement } from './tree.ts';

export { ConfSyntaxError };

/**
 * The tree of a keepalived.conf(5). Comments are dropped. Throws {@link ConfSyntaxError}, also for what a tree of words can't hold:
 * definitions (`$NAME=`), sequences (`~SEQ`), backslashes, single quotes.
 */
export function parse(text: string): Conf {
  const pieces = text.split('\n').flatMap((line, index) => piecesOf(line.replace(/\r+$/, ''), index + 1));
  const top: Open = { statements: [], at: { line: 1, column: 1 } };
  const stack: Open[] = [top];
  for (const piece of pieces) take(piece, stack);
  const last = stack.at(-1) ?? top;
  if (last !== top) throw new ConfSyntaxError(`'{' is never closed`, last.at);
  return top.statements;
}

// --- internal ---

interface Open {
  readonly statements: Statement[];
  readonly condition?: Condition;
  readonly at: Position;
}

function take(piece: Piece, stack: Open[]): void {
  const current = stack.at(-1);
  if (current === undefined) return;
  if (current.condition && !sameCondition(piece.condition, current.condition))
    throw new ConfSyntaxError(`the block is only for ${current.condition.id}, so each of its lines must begin with the same @id`, piece.at);
  if (piece.kind === 'words') current.statements.push(statementOf(piece, current));
  else if (piece.kind === 'open') open(piece, current, stack);
  else close(piece, stack);
}

function statementOf({ words, condition }: Piece, within: Open): Statement {
  const [keyword = '', ...rest] = words;
  return { ...(condition && !within.condition && { condition }), keyword, words: rest };
}

function open(piece: Piece, current: Open, stack: Open[]): void {
  const header = current.statements.pop();
  if (header === undefined || header.block !== undefined) throw new ConfSyntaxError(`'{' without a keyword before it`, piece.at);
  const condition = current.condition ?? header.condition;
  if (!sameCondition(condition, piece.condition)) throw new ConfSyntaxError(`'{' and its keyword are for different nodes`, piece.at);
  const statements: Statement[] = [];
  current.statements.push({ ...header, block: statements });
  stack.push({ statements, at: piece.at, ...(condition && { condition }) });
}

function close(piece: Piece, stack: Open[]): void {
  if (stack.length === 1) throw new ConfSyntaxError(`'}' without a '{' before it`, piece.at);
  const closed = stack.pop();
  if (!closed?.condition && piece.condition)
    throw new ConfSyntaxError(`'}' only for ${piece.condition.id} closes a block for all`, piece.at);
}

function sameCondition(one: Condition | undefined, other: Condition | undefined): boolean {
  return one?.id === other?.id && one?.negated === other?.negated;
}
