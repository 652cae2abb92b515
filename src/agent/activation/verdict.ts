/** What keepalived's own check says of a file. */
export type ConfigTest =
  | { readonly kind: 'good' }
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly lines: readonly string[];
      /** Every line that it names. */
      readonly numbers?: readonly number[];
    };

/** How a run of the check ended; every exit status but 0 is a refusal (it also warns and goes on, which takes VIPs away). */
export interface TestRun {
  readonly file: string;
  readonly text: string;
  readonly status: number | null;
  /** What it printed. */
  readonly output: string;
}

const MAX_LINES = 10;

/** The verdict in what the check printed, with the lines that it names and without secrets. */
export function verdictOf({ file, text, status, output }: TestRun): ConfigTest {
  if (status === 0) return { kind: 'good' };
  const said = messagesIn(output, file);
  const message = said.slice(0, MAX_LINES).join('; ') || `keepalived --config-test ended with status ${status ?? 'none'}`;
  const numbers = numbersIn(said);
  return { kind: 'refused', message: withoutSecrets(message), lines: offendingLines(numbers, text), numbers };
}

// --- internal ---

/** Each once; keepalived says some in each of its processes. */
function messagesIn(text: string, file: string): string[] {
  const lines = text.split('\n').map((line) =>
    line
      .trim()
      .replace(`(${file}: Line `, '(line ')
      .replace(/^\(Line /, '(line '),
  );
  return [...new Set(lines)].filter((line) => line !== '' && !isNoise(line));
}

/** Said of every file, good or bad. */
function isNoise(line: string): boolean {
  return /^NOTICE: |^Script user |^Configuration file /.test(line);
}

const numbersIn = (said: readonly string[]): number[] => [
  ...new Set(said.flatMap((line) => /^\(line (\d+)\)/.exec(line)?.[1] ?? []).map(Number)),
];

function offendingLines(numbers: readonly number[], text: string): string[] {
  const lines = text.split('\n');
  return numbers.slice(0, MAX_LINES).map((number) => withoutSecrets(`${number}: ${(lines[number - 1] ?? '').trim()}`));
}

const withoutSecrets = (text: string): string => text.replace(/(auth_pass\s+)\S+/g, '$1[hidden]');
