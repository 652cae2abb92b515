import { Refusal } from '../template-error.ts';

/** `{{` and `}}` are `open` and `close`; a keyword's text says which; `end` is the end of the text. */
export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'declare'
  | 'assign'
  | 'pipe'
  | 'comma'
  | 'left-parenthesis'
  | 'right-parenthesis'
  | 'dot'
  | 'field'
  | 'variable'
  | 'function'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'number'
  | 'character'
  | 'string'
  | 'raw-string'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

/** What stops the lexer, and where. */
export class LexicalRefusal extends Refusal {
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/** The tokens of a template by the rules of text/template; comments and trimmed white space leave none. Throws `LexicalRefusal`. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const open = text.indexOf('{{', position);
    const end = open < 0 ? text.length : open;
    const trims = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    const literal = trims ? trimEnd(text.slice(position, end)) : text.slice(position, end);
    if (literal !== '') tokens.push({ kind: 'text', text: literal, offset: position });
    if (open < 0) break;
    const inside = open + (trims ? 4 : 2);
    position = text.startsWith('/*', inside) ? skipComment(text, open, inside) : lexAction(text, open, inside, tokens);
  }
  tokens.push({ kind: 'end', text: 'the end of the template', offset: text.length });
  return tokens;
}

// --- internal ---

const KEYWORDS = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'];
const PUNCTUATION: readonly (readonly [string, TokenKind])[] = [
  [':=', 'declare'],
  ['=', 'assign'],
  ['|', 'pipe'],
  [',', 'comma'],
  ['(', 'left-parenthesis'],
  [')', 'right-parenthesis'],
];
const LITERALS: readonly (readonly [RegExp, TokenKind])[] = [
  [/"(?:\\[^\n]|[^"\\\n])*"/y, 'string'],
  [/`[^`]*`/y, 'raw-string'],
  [/'(?:\\[^\n]|[^'\\\n])*'/y, 'character'],
];
const NAMES: readonly (readonly [RegExp, (name: string) => TokenKind])[] = [
  [/\$[\p{L}\p{Nd}_]*/uy, () => 'variable'],
  [/\.(?!\d)[\p{L}\p{Nd}_]*/uy, (name) => (name === '.' ? 'dot' : 'field')],
];
const WORD = /[\p{L}\p{Nd}_]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|\.?\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)/y;
const SPACE = /[ \t\r\n]+/y;
const TRIMMING_CLOSE = /[ \t\r\n]+-\}\}[ \t\r\n]*/y;
const TERMINATOR = /[ \t\r\n.,|:()]|\}\}|$/y;

function skipComment(text: string, open: number, start: number): number {
  const end = text.indexOf('*/', start + 2);
  if (end < 0) throw new LexicalRefusal(open, 'the comment has no end: expected */}}');
  if (text.startsWith('}}', end + 2)) return end + 4;
  const close = /^[ \t\r\n]-\}\}/.test(text.slice(end + 2, end + 6)) ? end + 6 : -1;
  if (close < 0) throw new LexicalRefusal(end, 'a comment ends right before the closing braces: expected */}} or */ -}}');
  return close + (match(SPACE, text, close)?.length ?? 0);
}

/** Lexes up to and with the closing braces; returns the offset behind them. */
function lexAction(text: string, open: number, start: number, tokens: Token[]): number {
  tokens.push({ kind: 'open', text: '{{', offset: open });
  let position = start;
  while (position < text.length) {
    const close = text.startsWith('}}', position) ? '}}' : match(TRIMMING_CLOSE, text, position);
    if (close !== undefined) {
      tokens.push({ kind: 'close', text: '}}', offset: position });
      return position + close.length;
    }
    const token = tokenAt(text, position);
    tokens.push(token);
    position += token.text.length;
  }
  throw new LexicalRefusal(open, 'the action has no end: expected }}');
}

function tokenAt(text: string, offset: number): Token {
  const space = match(SPACE, text, offset);
  if (space !== undefined) return { kind: 'space', text: space, offset };
  for (const [sign, kind] of PUNCTUATION) if (text.startsWith(sign, offset)) return { kind, text: sign, offset };
  return literalAt(text, offset) ?? nameAt(text, offset) ?? numberAt(text, offset) ?? wordAt(text, offset);
}

function literalAt(text: string, offset: number): Token | undefined {
  for (const [pattern, kind] of LITERALS) {
    const found = match(pattern, text, offset);
    if (found !== undefined) return { kind, text: found, offset };
  }
  if ('"`\''.includes(text.charAt(offset))) throw new LexicalRefusal(offset, 'the quoted text has no end');
  return undefined;
}

function nameAt(text: string, offset: number): Token | undefined {
  for (const [pattern, kindOf] of NAMES) {
    const found = match(pattern, text, offset);
    if (found !== undefined) return { kind: kindOf(found), text: terminated(text, offset, found), offset };
  }
  return undefined;
}

function numberAt(text: string, offset: number): Token | undefined {
  const found = match(NUMBER, text, offset);
  if (found === undefined) return undefined;
  if (match(WORD, text, offset + found.length) !== undefined || /^[+-]/.test(text.slice(offset + found.length, offset + found.length + 1)))
    throw new LexicalRefusal(offset, `${quoted(text, offset)} is not a number`);
  return { kind: 'number', text: found, offset };
}

function wordAt(text: string, offset: number): Token {
  const word = match(WORD, text, offset);
  if (word === undefined) throw new LexicalRefusal(offset, `${quoted(text, offset)} has no meaning in an action`);
  terminated(text, offset, word);
  if (KEYWORDS.includes(word)) return { kind: 'keyword', text: word, offset };
  if (word === 'nil') return { kind: 'nil', text: word, offset };
  return { kind: word === 'true' || word === 'false' ? 'bool' : 'function', text: word, offset };
}

/** A name ends at white space, at one of `.,|:()` or at the closing braces. */
function terminated(text: string, offset: number, name: string): string {
  const end = offset + name.length;
  if (match(TERMINATOR, text, end) === undefined) throw new LexicalRefusal(end, `${quoted(text, end)} can't follow ${name}`);
  return name;
}

function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

const quoted = (text: string, offset: number): string => JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0));

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
