/** Faults at random for two minutes, by a seed that stays and by one that is new each time. `CHAOS_MINUTES=30` goes on for longer. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../lab/machine/run.ts';
import { LAB_NAME, labUnderTest, NAMESPACE, settled, whyNoLab } from './lab-under-test.ts';

const ROOT = join(import.meta.dirname, '../..');
const MINUTES = Number(process.env.CHAOS_MINUTES ?? 2);
const SEEDS = [
  ['that stays', 7],
  ['that is new', Math.floor(Math.random() * 100_000)],
] as const;
/** For the lab to become what every walk begins with, and for the last step to settle. */
const AROUND_MS = 600_000;

describe.skipIf(whyNoLab !== undefined)(`faults at random${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  afterAll(async () => {
    const lab = await labUnderTest();
    const made = (await lab.kubectl(['get', 'services', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ');
    const ours = made.filter((name) => /^(steady|changing)-/.test(name));
    if (ours.length > 0) await lab.kubectl(['delete', 'services', '-n', NAMESPACE, ...ours]);
    await lab.kubectl(['delete', 'addresspool', 'chaos', '--ignore-not-found']);
    await settled(lab, 240_000);
  });

  it.each(SEEDS)(
    'break none of the invariants, with seed %s',
    async (_, seed) => {
      const report = join(ROOT, `.test-results/chaos/seed-${seed}.json`);
      const walk = ['--name', LAB_NAME, '--seed', String(seed), '--minutes', String(MINUTES), '--to', report];
      const { code, stdout, stderr } = await run([process.execPath, join(ROOT, 'bench/chaos.ts'), ...walk], {
        timeoutMs: MINUTES * 60_000 + AROUND_MS,
        allowFailure: true,
      });
      console.log(stdout);
      expect(code, `seed ${seed}\n${stdout}\n${stderr.split('\n').slice(-20).join('\n')}`).toBe(0);
    },
    MINUTES * 60_000 + AROUND_MS + 60_000,
  );
});
