import type { Command } from 'commander';
import { openLab } from '../lab.ts';
import { countUpTo, verb } from './verb.ts';

export const logs = (): Command =>
  verb(
    'logs',
    "Print the last lines of a component's log: one of the host's programs, or keepalived, agent, asker or config-setup of its pod.",
    ['logs node1 kubelet', 'logs node2 keepalived --lines 50', 'logs control kube-apiserver'],
  )
    .argument('<host>')
    .argument('<component>')
    .option('--lines <n>', 'how many', countUpTo(1_000_000), 200)
    .action(async (host: string, component: string, { name, lines }: { name: string; lines: number }) => {
      console.log(await (await openLab(name)).logs(host, component, { lines }));
    });
