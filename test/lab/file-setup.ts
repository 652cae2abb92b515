/**
 * Before each file: no virtual router is about to come home, so that what a file before it did to a node moves no address in it. After each file: no
 * Event told meanwhile that an address is amiss on the network, however many nodes were lost and addresses moved.
 */
import { basename } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { cameHome, GROUP, groupCalled, labUnderTest, whyNoLab } from './lab-under-test.ts';
import { troublesSince, troublesTold } from './troubles.ts';

/** Files that bring such troubles about. */
const TROUBLED = ['attack', 'bystanders', 'chaos', 'core', 'local-policy', 'wire'].map((name) => `${name}.test.ts`);

let before: ReadonlyMap<string, string> | undefined;

beforeAll(async () => {
  if (whyNoLab !== undefined) return;
  const lab = await labUnderTest();
  if (!(await hasGroup(lab))) return;
  await cameHome(lab);
  before = await troublesTold(lab);
});

afterAll(async () => {
  if (before === undefined) return;
  const troubles = await troublesSince(await labUnderTest(), before);
  for (const text of troubles) console.log(`told: ${text}`);
  if (!TROUBLED.includes(basename(expect.getState().testPath ?? ''))) expect(troubles, 'verdicts that are false').toEqual([]);
});

// --- internal ---

const hasGroup = (lab: Lab): Promise<boolean> =>
  groupCalled(lab, GROUP).then(
    () => true,
    () => false,
  );
