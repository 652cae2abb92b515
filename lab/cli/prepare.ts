import { Command } from 'commander';
import { progressTo } from '../machine/progress.ts';
import { ALL_PARTS, PARTS, prepare as prepareParts } from '../prepare.ts';

export const prepare = (): Command => {
  const command = new Command('prepare')
    .summary('Have what a lab is made of, without bringing one up')
    .description(
      'Install, download or build what a lab is made of, without bringing one up; all parts unless some are named. The browser is for tests alone, and has to be named.',
    );
  for (const part of ALL_PARTS) command.option(`--${part}`, `the ${part}`);
  return command
    .addHelpText('after', '\nExamples:\n  bin/lab prepare\n  bin/lab prepare --packages --kubernetes')
    .action(async (named: Readonly<Record<string, boolean>>) => {
      const parts = ALL_PARTS.filter((part) => named[part]);
      await prepareParts(parts.length === 0 ? PARTS : parts, progressTo(process.stderr));
    });
};
