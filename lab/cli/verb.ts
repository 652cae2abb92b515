/** What the verbs have in common. */
import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkName, DEFAULT_NAME } from '../cluster/state.ts';

/** A verb that acts on the lab of a name, with examples below its help. */
export function verb(name: string, description: string, examples: readonly string[]): Command {
  const summary = description.split(/[:;,.]/)[0] ?? '';
  const command = new Command(name).summary(summary).description(description).addOption(nameOption());
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  bin/lab ${example}`).join('\n')}`);
}

/** The value of an option that is a duration, as in `10s`, `500ms` or `2m`, in milliseconds. */
export function milliseconds(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a number with its unit, as in 500ms, 10s or 2m.');
  return Number(number) * (UNITS[unit] ?? 1);
}

/** The value of an option that is a whole number from 1 to `most`. */
export const countUpTo =
  (most: number) =>
  (text: string): number => {
    const count = Number(text);
    if (/^[1-9]\d*$/.test(text) && count <= most) return count;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };

/** The value of an option that is read by a function of the library; what that throws is shown as the option's error. */
export function optionValue<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** Hands the terminal over to a command; its exit status becomes ours. */
export function handOver([program = '', ...parameters]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: 'inherit' });
    // An interrupt goes to the command, which decides what it means.
    process.on('SIGINT', () => {});
    child.once('error', reject);
    child.once('close', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}

export const outputOption = (): Option => new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');

// --- internal ---

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

function nameOption(): Option {
  const option = new Option('--name <name>', 'which lab; several can run side by side').default(DEFAULT_NAME);
  return option.argParser((text) => optionValue(() => checkName(text)));
}
