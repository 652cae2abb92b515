import { type OpaqueName, typeName } from '../data/type.ts';
import { entriesOf, indirect, isNil, itemsOf, numberIn, textOf, type Value } from '../data/value.ts';
import { Refusal } from '../template-error.ts';

const VERBS = ['s', 'd', 'v', 'q', 't'] as const;
type Verb = (typeof VERBS)[number];

/** What `{{ value }}` writes: a pointer's target, and `<no value>` for what isn't there. */
export function printed(value: Value): string {
  if (value.type.kind === 'nil') return '<no value>';
  return format(indirect(value), 'v');
}

/** `print`: a space between two neighbours neither of which is a string (fmt.Sprint). */
export function sprint(values: readonly Value[]): string {
  let text = '';
  for (const [at, value] of values.entries()) {
    const before = values[at - 1];
    if (before !== undefined && before.type.kind !== 'string' && value.type.kind !== 'string') text += ' ';
    text += format(value, 'v');
  }
  return text;
}

/** `println`: a space between all, and the end of the line (fmt.Sprintln). */
export function sprintln(values: readonly Value[]): string {
  return `${values.map((value) => format(value, 'v')).join(' ')}\n`;
}

/** `printf` with %s, %d, %v, %q, %t and %%. Throws `Refusal` where Go would write a complaint such as `%!d(string=x)` into the text. */
export function sprintf(formatText: string, values: readonly Value[]): string {
  const pieces = piecesOf(formatText);
  const wanted = pieces.filter((piece) => typeof piece !== 'string').length;
  if (wanted !== values.length) throw new Refusal(`printf: the format takes ${wanted} values, found ${values.length}`);
  let next = 0;
  return pieces.map((piece) => (typeof piece === 'string' ? piece : format(values[next++] as Value, piece.verb))).join('');
}

/** Refuses a format with any other verb, flag or width. */
export function checkFormat(formatText: string): void {
  piecesOf(formatText);
}

// --- internal ---

type Piece = string | { readonly verb: Verb };

function piecesOf(formatText: string): Piece[] {
  const parts = formatText.match(/%.?|[^%]+/gsu) ?? [];
  return parts.map((part) => {
    if (!part.startsWith('%')) return part;
    if (part === '%%') return '%';
    const verb = VERBS.find((known) => part === `%${known}`);
    if (verb === undefined) throw new Refusal(`printf: ${JSON.stringify(part)} is not supported; there are %s, %d, %v, %q, %t and %%`);
    return { verb };
  });
}

function format(value: Value, verb: Verb): string {
  const each = (raw: unknown, type: Value['type']): string => format({ type, raw }, verb);
  switch (value.type.kind) {
    case 'slice': {
      const { element } = value.type;
      return `[${itemsOf(value)
        .map((raw) => each(raw, element))
        .join(' ')}]`;
    }
    case 'map': {
      const { element } = value.type;
      return `map[${entriesOf(value)
        .map(([key, raw]) => `${format({ type: { kind: 'string' }, raw: key }, verb)}:${each(raw, element)}`)
        .join(' ')}]`;
    }
    default:
      return formatSingle(value, verb);
  }
}

function formatSingle(value: Value, verb: Verb): string {
  if (isNil(value) && verb === 'v') return value.type.kind === 'pointer' && value.type.to.kind === 'struct' ? 'nil' : '<nil>';
  const name = typeName(value.type);
  if (value.type.kind === 'struct') throw new Refusal(`${name} can't be printed: print its fields`);
  if (value.type.kind === 'pointer') throw new Refusal(`${name} can't be printed by a function: print it by itself`);
  const text = verbs(value).includes(verb) ? plain(value) : undefined;
  if (text === undefined) throw new Refusal(`printf: %${verb} can't print ${name}`);
  return verb === 'q' ? quote(text) : text;
}

/** The verbs of fmt that print the value as it is. */
function verbs({ type: { kind } }: Value): readonly Verb[] {
  if (kind === 'int') return ['v', 'd'];
  if (kind === 'float') return ['v'];
  return kind === 'bool' ? ['v', 't'] : ['v', 's', 'q'];
}

function plain(value: Value): string | undefined {
  switch (value.type.kind) {
    case 'int':
      return String(numberIn(value));
    case 'float':
      return floatText(numberIn(value));
    case 'bool':
      return String(value.raw === true);
    case 'string':
      return textOf(value);
    case 'opaque':
      return opaqueText(value, value.type.name);
    default:
      return undefined;
  }
}

/** Go's %v of a float64: like JavaScript's, with an exponent from 1e6 and below 1e-4, of two digits at least. */
function floatText(number: number): string {
  if (Object.is(number, -0)) return '-0';
  const size = Math.abs(number);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? number.toExponential() : String(number);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function opaqueText(value: Value, name: OpaqueName): string | undefined {
  switch (name) {
    case 'Time':
      return timeText(value.raw);
    case 'IntOrString':
      return textOf(value) || String(numberIn(value));
    case 'Quantity':
      return String(value.raw ?? '0');
    case 'FieldsV1':
      return undefined;
  }
}

/** Go's time.Time.String in UTC; Kubernetes times have whole seconds. */
function timeText(raw: unknown): string {
  const milliseconds = typeof raw === 'string' ? Date.parse(raw) : Number.NaN;
  if (Number.isNaN(milliseconds)) return '0001-01-01 00:00:00 +0000 UTC';
  return new Date(milliseconds).toISOString().replace(/T(.*)\.\d+Z$/, ' $1 +0000 UTC');
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** strconv.Quote. */
function quote(text: string): string {
  return `"${[...text].map(quotedCharacter).join('')}"`;
}

function quotedCharacter(character: string): string {
  const short = ESCAPES.get(character);
  if (short !== undefined) return short;
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hexadecimal = code.toString(16);
  if (code < 0x80) return `\\x${hexadecimal.padStart(2, '0')}`;
  return code > 0xffff ? `\\U${hexadecimal.padStart(8, '0')}` : `\\u${hexadecimal.padStart(4, '0')}`;
}
