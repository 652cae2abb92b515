import type { Command } from 'commander';
import { labNames, readState } from '../cluster/state.ts';
import { describedStatus, statusOf } from '../cluster/status.ts';
import { outputOption, verb } from './verb.ts';

export const status = (): Command =>
  verb(
    'status',
    'Tell what of a lab runs, who holds which VIP, and where its Kubernetes came from. Exit status 1 when there is no such lab.',
    ['status', 'status --name big -o json'],
  )
    .addOption(outputOption())
    .action(async ({ name, output }: { name: string; output: 'text' | 'json' }) => {
      const state = readState(name);
      if (state === undefined) {
        const others = labNames();
        console.error(`No lab "${name}" runs${others.length === 0 ? '' : `; there are: ${others.join(', ')}`}.`);
        process.exitCode = 1;
        return;
      }
      const found = await statusOf(state);
      console.log(output === 'json' ? JSON.stringify(found, null, 2) : describedStatus(found));
    });
