import { ConfSyntaxError, type Position } from './syntax-error.ts';
import type { Condition } from './tree.ts';
import { byteLength, MAX_LINE_BYTES, refusal } from './word.ts';

/** What stands between two line ends or braces. */
export interface Piece {
  readonly kind: 'words' | 'open' | 'close';
  readonly words: readonly string[];
  readonly condition?: Condition;
  readonly at: Position;
}

/** The pieces of one line, read as keepalived reads it. A condition holds to the end of the line. Throws {@link ConfSyntaxError}. */
export function piecesOf(text: string, line: number): Piece[] {
  if (byteLength(text) > MAX_LINE_BYTES)
    throw new ConfSyntaxError(`has ${byteLength(text)} bytes; keepalived reads lines of up to ${MAX_LINE_BYTES}`, { line, column: 1 });
  const pieces: Piece[] = [];
  let tokens = tokensOf(text, line);
  let condition: Condition | undefined;
  while (true) {
    const [first] = tokens;
    if (first === undefined) return pieces;
    if (startsCondition(first)) {
      if (condition) throw new ConfSyntaxError('a line has one condition (@id)', first.at);
      condition = conditionOf(first);
      tokens = tokens.slice(1);
    } else {
      const length = lengthOfPiece(tokens);
      pieces.push(pieceOf(first, tokens.slice(0, length), condition));
      tokens = tokens.slice(length);
    }
  }
}

// --- internal ---

function startsCondition({ kind, text }: Token): boolean {
  return kind === 'bare' && text.startsWith('@');
}

/** A brace is a piece, and so are the words up to the next brace. */
function lengthOfPiece(tokens: readonly Token[]): number {
  const brace = tokens.findIndex(({ kind }) => kind === 'brace');
  return brace === -1 ? tokens.length : Math.max(brace, 1);
}

function pieceOf(first: Token, tokens: readonly Token[], condition: Condition | undefined): Piece {
  const at = first.at;
  if (first.kind === 'brace') return { kind: first.text === '{' ? 'open' : 'close', words: [], at, ...(condition && { condition }) };
  checkKeyword(first);
  return { kind: 'words', words: tokens.map(({ text }) => text), at, ...(condition && { condition }) };
}

function checkKeyword({ kind, text, at }: Token): void {
  if (kind === 'bare' && /^\$\w+=?/.test(text)) throw new ConfSyntaxError(`definitions (${text}) are not supported: write the value`, at);
  if (kind === 'bare' && text.startsWith('~')) throw new ConfSyntaxError(`sequences (${text}) are not supported: write each line`, at);
  if (text === '') throw new ConfSyntaxError('an empty keyword', at);
}

function conditionOf({ text, at }: Token): Condition {
  const negated = text.startsWith('@^');
  const id = text.slice(negated ? 2 : 1);
  if (!/^[A-Za-z0-9._:/,=+%-]+$/.test(id)) throw new ConfSyntaxError(`'${text}' is not a condition: @ID or @^ID`, at);
  return { id, negated };
}

interface Token {
  readonly kind: 'bare' | 'quoted' | 'brace';
  readonly text: string;
  readonly at: Position;
}

/** Blank space, a comment to the end, a brace, a quoted word, or a bare one. */
const TOKEN = /([ \t\f\v\r]+)|([#!].*$)|([{}])|"([^"]*)"|((?:\$\{|[^ \t\f\v\r#!{}"])+)/uy;

function tokensOf(text: string, line: number): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let glued = false;
  while (TOKEN.lastIndex < text.length) {
    const column = TOKEN.lastIndex + 1;
    const match = TOKEN.exec(text);
    if (match === null) throw new ConfSyntaxError('a quote is never closed', { line, column });
    const token = tokenOf(match, { line, column });
    if (token && token.kind !== 'brace' && glued) throw new ConfSyntaxError('a quote in the middle of a word', token.at);
    glued = token !== null && token.kind !== 'brace';
    if (token) tokens.push(token);
  }
  return tokens;
}

function tokenOf([, , , brace, quoted, bare]: RegExpExecArray, at: Position): Token | null {
  if (brace !== undefined) return { kind: 'brace', text: brace, at };
  const text = quoted ?? bare;
  if (text === undefined) return null;
  const reason = refusal(text);
  if (reason !== null) throw new ConfSyntaxError(`${JSON.stringify(text)} ${reason}`, at);
  if (bare?.includes('{')) throw new ConfSyntaxError(`references to definitions (${bare}}) are not supported: write the value`, at);
  if (bare?.includes("'")) throw new ConfSyntaxError(`${bare}: only double quotes hold a word together everywhere`, at);
  return { kind: quoted === undefined ? 'bare' : 'quoted', text, at };
}
