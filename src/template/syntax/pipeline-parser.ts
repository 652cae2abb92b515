import { BUILTIN_NAMES } from '../function/builtin.ts';
import { checkFormat } from '../function/print.ts';
import { Refusal } from '../template-error.ts';
import type { Token, TokenKind } from './lexer.ts';
import { characterOf, numberOf, unquote } from './literal.ts';
import { described, type TokenReader } from './token-reader.ts';
import type { Command, Pipeline, Word } from './tree.ts';

/** `context` is the word that messages use: `if`, `range`, `command`; only a range may have two variables. */
export function parsePipeline(reader: TokenReader, context: string, end: 'close' | 'right-parenthesis' = 'close'): Pipeline {
  reader.skipSpace();
  const offset = reader.peek().offset;
  const { variables, assigns } = parseVariables(reader, context);
  const commands: Command[] = [];
  while (reader.takeIf(end) === undefined) {
    const command = parseCommand(reader, context);
    if (commands.length > 0) checkExecutable(reader, command);
    commands.push(command);
  }
  if (commands.length === 0) reader.refuse(reader.peek().offset, `the ${context} has no value`);
  return { offset, variables, assigns, commands };
}

/** The text of a quoted or raw string; a literal that is none is a parse error at its place. */
export function stringOf(reader: TokenReader, token: Token): string {
  return orRefuse(reader, token, () => unquote(token.text));
}

// --- internal ---

function parseVariables(reader: TokenReader, context: string): Pick<Pipeline, 'variables' | 'assigns'> {
  const first = reader.attempt(() => {
    const variable = reader.takeIf('variable');
    reader.skipSpace();
    return variable !== undefined && ['declare', 'assign', 'comma'].includes(reader.peek().kind) ? variable : undefined;
  });
  if (first === undefined) return { variables: [], assigns: false };
  const comma = reader.takeIf('comma');
  const second = comma && (context === 'range' ? reader.expect('variable', 'a second variable') : undefined);
  if (comma !== undefined && second === undefined) reader.refuse(comma.offset, `a ${context} sets one variable`);
  const sign = reader.takeIf('declare') ?? reader.expect('assign', 'a second variable, then := or =');
  const variables = second === undefined ? [first.text] : [first.text, second.text];
  for (const name of variables) reader.declare(name);
  return { variables, assigns: sign.kind === 'assign' };
}

function parseCommand(reader: TokenReader, context: string): Command {
  reader.skipSpace();
  const { offset } = reader.peek();
  const words: Word[] = [];
  for (;;) {
    reader.skipSpace();
    const word = parseWord(reader);
    if (word !== undefined) words.push(word);
    const token = reader.peek();
    if (token.kind === 'pipe') reader.take();
    if (['pipe', 'close', 'right-parenthesis'].includes(token.kind)) break;
    if (token.kind !== 'space') reader.refuse(token.offset, `unexpected ${described(token)} in the ${context}`);
  }
  const [first, ...others] = words;
  if (first === undefined) return reader.refuse(offset, 'a command is missing');
  checkLiteralFormat(reader, words);
  return { offset, words: [first, ...others] };
}

/** A value with the fields that follow it without a space: `$pod.Status.PodIP`, `(index $list 0).Name`. */
function parseWord(reader: TokenReader): Word | undefined {
  const word = parseTerm(reader);
  if (word === undefined || reader.peek().kind !== 'field') return word;
  const field = reader.peek();
  const names: string[] = [];
  while (reader.peek().kind === 'field') names.push(reader.take().text.slice(1));
  if (word.kind === 'field' || word.kind === 'variable' || word.kind === 'pipeline') return { ...word, names: [...word.names, ...names] };
  if (word.kind === 'function') return { kind: 'pipeline', offset: word.offset, pipeline: callOf(word), names };
  return reader.refuse(field.offset, `${field.text} can't follow a constant or a lone dot`);
}

const callOf = (word: Word): Pipeline => ({
  offset: word.offset,
  variables: [],
  assigns: false,
  commands: [{ offset: word.offset, words: [word] }],
});

const TERMS: Partial<Record<TokenKind, (token: Token, reader: TokenReader) => Word>> = {
  dot: ({ offset }) => ({ kind: 'dot', offset }),
  nil: ({ offset }) => ({ kind: 'nil', offset }),
  bool: ({ offset, text }) => ({ kind: 'bool', offset, value: text === 'true' }),
  field: ({ offset, text }) => ({ kind: 'field', offset, names: [text.slice(1)] }),
  string: (token, reader) => ({ kind: 'string', offset: token.offset, value: stringOf(reader, token) }),
  'raw-string': (token, reader) => ({ kind: 'string', offset: token.offset, value: stringOf(reader, token) }),
  number: (token, reader) => ({ kind: 'number', offset: token.offset, ...orRefuse(reader, token, () => numberOf(token.text)) }),
  character: (token, reader) => {
    const value = orRefuse(reader, token, () => characterOf(token.text));
    return { kind: 'number', offset: token.offset, value, float: false };
  },
  variable: ({ offset, text }, reader) => {
    if (!reader.knows(text)) reader.refuse(offset, `the variable ${text} is not defined here`);
    return { kind: 'variable', offset, name: text, names: [] };
  },
  function: ({ offset, text }, reader) => {
    if (!BUILTIN_NAMES.includes(text)) reader.refuse(offset, `there is no function ${text}; there are ${BUILTIN_NAMES.join(', ')}`);
    return { kind: 'function', offset, name: text };
  },
  'left-parenthesis': ({ offset }, reader) => ({
    kind: 'pipeline',
    offset,
    pipeline: reader.nested(offset, () => parsePipeline(reader, 'parenthesis', 'right-parenthesis')),
    names: [],
  }),
};

function parseTerm(reader: TokenReader): Word | undefined {
  const parse = TERMS[reader.peek().kind];
  return parse?.(reader.take(), reader);
}

/** Only what can be called, or is a value with fields, takes what a pipe hands on. */
function checkExecutable(reader: TokenReader, command: Command): void {
  if (['bool', 'dot', 'nil', 'number', 'string'].includes(command.words[0].kind))
    reader.refuse(command.offset, 'a constant or a lone dot takes nothing from a pipe');
}

function checkLiteralFormat(reader: TokenReader, words: readonly Word[]): void {
  const [called, format] = words;
  if (called?.kind !== 'function' || called.name !== 'printf' || format?.kind !== 'string') return;
  orRefuse(reader, format, () => checkFormat(format.value));
}

function orRefuse<Result>(reader: TokenReader, place: { readonly offset: number }, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return reader.refuse(place.offset, error.message);
    throw error;
  }
}
