import type { Command } from 'commander';
import { labNames } from '../cluster/state.ts';
import { progressTo } from '../machine/progress.ts';
import { down as takeDown } from '../up.ts';
import { verb } from './verb.ts';

export const down = (): Command =>
  verb('down', 'Take a lab down: its processes, namespaces, mounts, control groups and files. What was downloaded or built stays cached.', [
    'down',
    'down --name big',
  ]).action(async ({ name }: { name: string }) => {
    if (await takeDown(name, progressTo(process.stderr))) return;
    const others = labNames();
    console.log(`There is no lab "${name}"${others.length === 0 ? '.' : `; there are: ${others.join(', ')}.`}`);
  });
