import { type Position, positionOf, TemplateError } from '../template-error.ts';
import type { Token, TokenKind } from './lexer.ts';

/** Nesting of controls and parentheses that a template may have. */
export const MAX_NESTING = 100;

/** Reads the tokens of one template, and knows the variables in scope. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #nesting = 0;
  #variables: string[] = ['$'];

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  /** The next token, white space included. */
  peek(): Token {
    const token = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)];
    if (token === undefined) throw new TemplateError('parse', START, 'a template has at least its end');
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  skipSpace(): void {
    while (this.peek().kind === 'space') this.#next += 1;
  }

  /** Skips white space, then takes a token if it is of that kind and, when said, has that text. */
  takeIf(kind: TokenKind, text?: string): Token | undefined {
    this.skipSpace();
    const token = this.peek();
    return token.kind === kind && (text === undefined || token.text === text) ? this.take() : undefined;
  }

  expect(kind: TokenKind, wanted: string): Token {
    const token = this.takeIf(kind);
    return token ?? this.refuse(this.peek().offset, `expected ${wanted}, found ${described(this.peek())}`);
  }

  /** What `read` gives when it is tried from here; nothing is taken when it gives nothing. */
  attempt<Result>(read: () => Result | undefined): Result | undefined {
    const start = this.#next;
    const result = read();
    if (result === undefined) this.#next = start;
    return result;
  }

  /** Variables that begin within `read` end with it. */
  scope<Result>(read: () => Result): Result {
    const known = this.#variables.length;
    const result = read();
    this.#variables.length = known;
    return result;
  }

  /** `read` sees no variable but `$`: a named template has its own. */
  freshScope<Result>(read: () => Result): Result {
    const outer = this.#variables;
    this.#variables = ['$'];
    const result = read();
    this.#variables = outer;
    return result;
  }

  declare(variable: string): void {
    this.#variables.push(variable);
  }

  knows(variable: string): boolean {
    return this.#variables.includes(variable);
  }

  nested<Result>(offset: number, read: () => Result): Result {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) this.refuse(offset, `more than ${MAX_NESTING} levels of nesting`);
    const result = read();
    this.#nesting -= 1;
    return result;
  }

  refuse(offset: number, reason: string): never {
    throw new TemplateError('parse', positionOf(this.#text, offset), reason);
  }
}

/** How a message names a token. */
export function described(token: Token): string {
  if (token.kind === 'end' || token.kind === 'text') return token.kind === 'end' ? token.text : 'text';
  return token.kind === 'space' ? 'white space' : token.text;
}

// --- internal ---

const START: Position = { line: 1, column: 1 };
