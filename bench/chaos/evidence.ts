/** What a cluster looks like where something was broken, as files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { NAMESPACE, reportOf } from '../../test/lab/lab-under-test.ts';
import type { StepReport } from './run.ts';

/** Writes what there is into a folder; what can't be asked any more is missing, and its file says why. */
export async function keepEvidence(lab: Lab, folder: string, report: StepReport): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const keep = async (file: string, ask: () => Promise<string>): Promise<void> =>
    writeFileSync(join(folder, file), await ask().catch((error: unknown) => `not there: ${String(error)}\n`));
  const kubectl = (...words: string[]) => lab.kubectl([...words, '--request-timeout=20s']);
  const manager = ['logs', '-n', 'keepalived-operator', '-l', 'operator=keepalived-operator', '--tail=400', '--prefix'];
  await keep('step.json', async () => `${JSON.stringify(report, null, 1)}\n`);
  await keep('events.txt', () => kubectl('get', 'events', '-A', '--sort-by=.lastTimestamp'));
  await keep('objects.yaml', () => kubectl('get', 'keepalivedgroups,virtualips,services,nodes,addresspools', '-A', '-o', 'yaml'));
  await keep('pods.txt', () => kubectl('get', 'pods', '-A', '-o', 'wide'));
  await keep('addresses.txt', async () => [...(await lab.held())].map(([host, held]) => `${host} ${[...held].join(' ')}\n`).join(''));
  await keep('manager.log', () => kubectl(...manager));
  for (const node of lab.nodes) {
    await keep(`${node}-state.json`, async () => `${JSON.stringify(await reportOf(lab, node), null, 1)}\n`);
    for (const container of ['agent', 'keepalived']) {
      const pods = ['get', 'pods', '-n', NAMESPACE, '-l', 'keepalivedGroup', `--field-selector=spec.nodeName=${node}`, '-o', 'name'];
      await keep(`${node}-${container}.log`, async () => {
        const names = (await kubectl(...pods)).trim().split('\n');
        const logs = names.map((name) => kubectl('logs', '-n', NAMESPACE, name, '-c', container, '--tail=400'));
        return (await Promise.all(logs)).join('\n');
      });
    }
  }
}
