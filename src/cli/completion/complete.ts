import type { Command, Option } from 'commander';

/** A word that may stand where the cursor is, and what it does. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether names of files are to be completed instead. */
  readonly isFile: boolean;
  /** Whether something follows a candidate without a blank. */
  readonly isOpen: boolean;
}

/**
 * What may stand for the last of the words, from the verbs' own tables of options and arguments.
 * @param words - behind the name of the program; the last one is being typed, and may be empty
 */
export function complete(program: Command, words: readonly string[]): Completion {
  const typed = unsplit(words);
  const current = typed.at(-1) ?? '';
  const [name, ...before] = typed.slice(0, -1);
  const verbs = program.commands.filter((command) => !isHidden(command));
  if (name === undefined) return among(current, current.startsWith('-') ? [HELP] : [...verbs.map(ofVerb), HELP_VERB]);
  const verb = verbs.find((command) => command.name() === name);
  if (verb === undefined) return name === HELP_VERB.value ? among(current, verbs.map(ofVerb)) : NOTHING;
  const options = verb.options.filter(({ hidden }) => !hidden);
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  if (flag !== undefined && value !== undefined)
    return prefixed(
      `${flag}=`,
      ofValue(
        options.find(({ long }) => long === flag),
        value,
      ),
    );
  const open = optionOpenAt(before, options);
  if (open !== undefined && !current.startsWith('-')) return ofValue(open, current);
  if (current.startsWith('-'))
    return among(current, [...options.filter((one) => one.variadic || !isGiven(one, before)).map(ofOption), HELP]);
  return ofArgument(verb, positionsIn(before, options), current);
}

// --- internal ---

const NOTHING: Completion = { candidates: [], isFile: false, isOpen: false };
const HELP: Candidate = { value: '--help', description: 'display help for command' };
const HELP_VERB: Candidate = { value: 'help', description: 'display help for command' };
/** What a subject begins with; an address is typed as it is. */
const SUBJECTS: readonly Candidate[] = [
  { value: 'node/', description: 'a Node' },
  { value: 'service/', description: 'a Service' },
];

const isHidden = (command: Command): boolean => command.name().startsWith('__');
const ofVerb = (command: Command): Candidate => ({ value: command.name(), description: command.summary() });
const ofOption = ({ long, short, description }: Option): Candidate => ({ value: long ?? short ?? '', description });

const among = (current: string, candidates: readonly Candidate[]): Completion => ({
  ...NOTHING,
  candidates: candidates.filter(({ value }) => value.startsWith(current)),
});

const prefixed = (prefix: string, { candidates, ...rest }: Completion): Completion => ({
  ...rest,
  candidates: candidates.map((one) => ({ ...one, value: `${prefix}${one.value}` })),
});

/** bash takes `--output=json` apart at the equals sign. */
function unsplit(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last?.startsWith('--') && (word === '=' || last.endsWith('='))) joined[joined.length - 1] = `${last}${word}`;
    else joined.push(word);
  }
  return joined;
}

const takesValue = ({ required, optional }: Option): boolean => required || optional;
const isNamed = ({ long, short }: Option, word: string): boolean => word === long || word === short;
const isGiven = (option: Option, words: readonly string[]): boolean =>
  words.some((word) => isNamed(option, word) || (option.long !== undefined && word.startsWith(`${option.long}=`)));

/** The option whose value comes next. */
function optionOpenAt(before: readonly string[], options: readonly Option[]): Option | undefined {
  const last = before.at(-1);
  return last === undefined ? undefined : options.find((option) => takesValue(option) && isNamed(option, last));
}

function ofValue(option: Option | undefined, current: string): Completion {
  if (option === undefined) return NOTHING;
  if (option.argChoices !== undefined)
    return among(
      current,
      option.argChoices.map((value) => ({ value, description: option.description })),
    );
  return { ...NOTHING, isFile: /[<[]file/.test(option.flags) };
}

/** How many words stand there that are neither options nor their values. */
function positionsIn(before: readonly string[], options: readonly Option[]): number {
  const isValue = (index: number): boolean => optionOpenAt(before.slice(0, index), options) !== undefined;
  return before.filter((word, index) => !word.startsWith('-') && !isValue(index)).length;
}

function ofArgument(verb: Command, position: number, current: string): Completion {
  const argument = verb.registeredArguments[position];
  if (argument === undefined) return NOTHING;
  if (argument.argChoices !== undefined)
    return among(
      current,
      argument.argChoices.map((value) => ({ value, description: argument.description })),
    );
  const prefixes = argument.name() === 'subject' ? SUBJECTS : argument.name() === 'service' ? SUBJECTS.slice(1) : [];
  return { ...among(current, prefixes), isOpen: true };
}
