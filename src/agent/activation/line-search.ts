import type { VerbatimLines } from '../../api/node/config.ts';
import { print } from '../../conf/print.ts';
import type { Candidate } from '../../localise/candidate.ts';
import { named, type VerbatimLine, verbatimLinesIn, withoutLines } from './verbatim-line.ts';
import type { ConfigTest } from './verdict.ts';

export type Refusal = Extract<ConfigTest, { kind: 'refused' }>;

/**
 * Which verbatim lines have to go for keepalived to take a file. First those that it names by number; where it names none, all go, and come
 * back by halves, so that only those stay out that it refuses.
 */
export interface LineSearch {
  readonly whole: Candidate;
  /** What keepalived said of the whole file. */
  readonly refusal: Refusal;
  readonly lines: readonly VerbatimLine[];
  /** What the file that is being checked leaves out. */
  readonly out: readonly VerbatimLine[];
  /** Lines that come back by halves; absent as long as keepalived names lines. */
  readonly halves?: Halves;
  readonly tests: number;
}

interface Halves {
  /** Known to be taken. */
  readonly kept: readonly VerbatimLine[];
  /** To be tried, together; the first is in the file that is being checked, unless that is the first without any. */
  readonly queue: readonly (readonly VerbatimLine[])[];
}

export type Found =
  | { readonly kind: 'check'; readonly search: LineSearch; readonly text: string }
  | { readonly kind: 'found'; readonly candidate: Candidate }
  /** No verbatim line is the cause. */
  | { readonly kind: 'unexplained'; readonly refusal: Refusal };

/** Checks of one file; a line that was not tried by then stays out. */
const MOST_TESTS = 60;

export function searchLines(whole: Candidate, refusal: Refusal, marks: readonly VerbatimLines[]): Found {
  const lines = verbatimLinesIn(whole.conf, marks);
  if (lines.length === 0) return { kind: 'unexplained', refusal };
  return refused({ whole, refusal, lines, out: [], tests: 1 }, refusal, whole.text);
}

/** What follows from the check of the file without the lines that are out. */
export function onVerdict(search: LineSearch, verdict: ConfigTest): Found {
  return verdict.kind === 'good' ? taken(search) : refused(search, verdict, textWithout(search));
}

// --- internal ---

const textWithout = ({ whole, out }: LineSearch): string => print(withoutLines(whole.conf, out));
const check = (search: LineSearch): Found => {
  const next = { ...search, tests: search.tests + 1 };
  return { kind: 'check', search: next, text: textWithout(next) };
};
const others = (lines: readonly VerbatimLine[], not: readonly VerbatimLine[]): VerbatimLine[] =>
  lines.filter((line) => !not.includes(line));

function refused(search: LineSearch, refusal: Refusal, text: string): Found {
  const { halves, lines, out, tests } = search;
  if (halves !== undefined) return refusedHalf(search, halves);
  const more = named(others(lines, out), text, refusal.numbers ?? []);
  if (more.length > 0 && tests < MOST_TESTS / 2) return check({ ...search, out: [...out, ...more] });
  return check({ ...search, out: lines, halves: { kept: [], queue: [[], lines] } });
}

/** The lines that were just tried have one that is refused among them. */
function refusedHalf(search: LineSearch, { kept, queue: [tried = [], ...queue] }: Halves): Found {
  if (tried.length === 0) return { kind: 'unexplained', refusal: search.refusal };
  const half = Math.ceil(tried.length / 2);
  const halves = tried.length === 1 ? [] : [tried.slice(0, half), tried.slice(half)];
  return tryNext(search, { kept, queue: [...halves, ...queue] });
}

function taken(search: LineSearch): Found {
  const { halves, out } = search;
  if (halves === undefined) return found(search, out);
  const [tried = [], ...queue] = halves.queue;
  return tryNext(search, { kept: [...halves.kept, ...tried], queue });
}

function tryNext(search: LineSearch, halves: Halves): Found {
  const [next] = halves.queue;
  if (next === undefined || search.tests >= MOST_TESTS) return found(search, others(search.lines, halves.kept));
  return check({ ...search, halves, out: others(search.lines, [...halves.kept, ...next]) });
}

function found({ whole, refusal }: LineSearch, out: readonly VerbatimLine[]): Found {
  const conf = withoutLines(whole.conf, out);
  const leftOut = out.map(({ object, text }) => ({ object, line: text, message: messageFor(text, refusal) }));
  return { kind: 'found', candidate: { ...whole, conf, text: print(conf), leftOut: leftOut.slice(0, MOST_TOLD) } };
}

/** What keepalived said of the line, or of the file where it names none. */
function messageFor(line: string, { lines, message }: Refusal): string {
  const numbers = lines.filter((one) => one.endsWith(`: ${line}`)).map((one) => one.split(':', 1)[0]);
  const said = message.split('; ').filter((one) => numbers.some((number) => one.startsWith(`(line ${number}) `)));
  return (said.length > 0 ? said.map((one) => one.replace(/^\(line \d+\) /, '')).join('; ') : message).slice(0, LONGEST);
}

const LONGEST = 300;
/** Lines in a report. */
const MOST_TOLD = 100;
