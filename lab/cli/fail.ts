import { type Command, Option } from 'commander';
import { FAILURES, type Failure } from '../cluster/failure.ts';
import { openLab } from '../lab.ts';
import { verb } from './verb.ts';

export const fail = (): Command =>
  verb(
    'fail',
    `Let a node fail:\n${Object.entries(FAILURES)
      .map(([how, what]) => `  ${how.padEnd(10)} ${what}`)
      .join('\n')}`,
    ['fail node1 --how power-off', 'fail node2 --how cut'],
  )
    .argument('<node>')
    .addOption(new Option('--how <how>', 'how it fails').choices(Object.keys(FAILURES)).makeOptionMandatory())
    .action(async (node: string, { name, how }: { name: string; how: Failure }) => {
      await (await openLab(name)).fail(node, how);
      console.log(`${node}: ${FAILURES[how]}.`);
    });
