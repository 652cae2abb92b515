import type { Command } from 'commander';
import { openLab } from '../lab.ts';
import { verb } from './verb.ts';

export const heal = (): Command =>
  verb('heal', 'Undo what was done to a node: it boots from its disk, or its cable is good again.', ['heal node1'])
    .argument('<node>')
    .action(async (node: string, { name }: { name: string }) => {
      await (await openLab(name)).heal(node);
      console.log(`${node} has power and a good cable.`);
    });
