/** Brings the lab of the end-to-end tests up before the first file and takes it down after the last; KEEP_LAB=1 leaves it. */
import { progressTo } from '../../lab/machine/progress.ts';
import { down, up } from '../../lab/up.ts';
import { LAB_NAME, whyNoLab } from './lab-under-test.ts';

export async function setup(): Promise<void> {
  if (whyNoLab !== undefined) return;
  await up({ name: LAB_NAME, nodes: 3 }, progressTo(process.stderr));
}

export async function teardown(): Promise<void> {
  if (whyNoLab !== undefined || process.env.KEEP_LAB === '1') return;
  await down(LAB_NAME, progressTo(process.stderr));
}
