import type { Command } from 'commander';
import { DEFAULT_NAME } from '../cluster/state.ts';
import { FIRST_VIP, MOST_NODES } from '../hosts/address.ts';
import type { Lab } from '../lab.ts';
import { progressTo, spoken } from '../machine/progress.ts';
import { up as bringUp } from '../up.ts';
import { countUpTo, verb } from './verb.ts';

export const up = (): Command =>
  verb(
    'up',
    'Bring a lab up, with the operator and a web page behind a VIP in it; on a running lab, mend what is missing and install what changed.',
    ['up', 'up --nodes 5 --name big'],
  )
    .option('--nodes <n>', 'worker nodes; a running lab grows, it never shrinks', countUpTo(MOST_NODES), 3)
    .option('--quiet', 'show failures only')
    .action(async ({ name, nodes, quiet = false }: { name: string; nodes: number; quiet?: boolean }) => {
      const begun = performance.now();
      const lab = await bringUp({ name, nodes }, progressTo(process.stderr, quiet));
      if (!quiet) console.log(await nextSteps(lab, performance.now() - begun));
    });

// --- internal ---

async function nextSteps(lab: Lab, tookMs: number): Promise<string> {
  const owner = (await lab.holders(FIRST_VIP))[0] ?? 'node1';
  const lab_ = (words: string): string => {
    const [verbName = '', ...rest] = words.split(' ');
    return ['./bin/lab', verbName, ...(lab.name === DEFAULT_NAME ? [] : ['--name', lab.name]), ...rest].join(' ');
  };
  return `
The lab "${lab.name}" is up after ${spoken(tookMs)}. ${FIRST_VIP} is on ${owner}. Try:

  ${lab_(`exec client curl -s http://${FIRST_VIP}/`)}
  ${lab_(`probe ${FIRST_VIP} --for 15s`)}        in a second terminal, while you
  ${lab_(`fail ${owner} --how power-off`)}
  ${lab_('status')}
  ${lab_(`heal ${owner}`)}
  ${lab_('kubectl get keepalivedgroups,pods -A -o wide')}
  ${lab_('down')}`;
}
