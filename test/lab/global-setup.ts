/** Brings the lab of the end-to-end tests up before the first file and takes it down after the last; KEEP_LAB=1 leaves it. */
import { Worker } from 'node:worker_threads';
import { progressTo } from '../../lab/machine/progress.ts';
import { down, up } from '../../lab/up.ts';
import { LAB_NAME, whyNoLab } from './lab-under-test.ts';
import type { Pause } from './pause-watch.ts';

let watch: Worker | undefined;

export async function setup(): Promise<void> {
  if (whyNoLab !== undefined) return;
  await up({ name: LAB_NAME, nodes: 3 }, progressTo(process.stderr));
  watch = new Worker(new URL('pause-watch.ts', import.meta.url));
  watch.on('message', ({ endedAt, milliseconds }: Pause) => {
    console.error(`The machine itself stood still for ${milliseconds} ms until ${new Date(endedAt).toISOString()}.`);
  });
}

export async function teardown(): Promise<void> {
  await watch?.terminate();
  if (whyNoLab !== undefined || process.env.KEEP_LAB === '1') return;
  await down(LAB_NAME, progressTo(process.stderr));
}
