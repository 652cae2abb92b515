import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../machine/run.ts';
import { waitFor } from '../machine/wait.ts';
import { LIST_RUNNING } from './host.ts';

it('a service whose end nobody has taken note of runs no longer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'services-'));
  // What takes the shell's place never waits for the child, which ends as soon as that is so.
  const child = '(while [ "$(cat /proc/$$/comm)" = sh ]; do :; done) & echo $! >"$0/ended"';
  const parent = spawn('sh', ['-c', `${child}; exec sleep 60`, folder], { stdio: 'ignore' });
  try {
    await writeFile(join(folder, 'runs'), String(process.pid));
    await writeFile(join(folder, 'gone'), '2147483647');
    await waitFor('the child is a zombie', async () => ((await stateIn(join(folder, 'ended'))) === 'Z' ? true : undefined), 10_000);
    expect((await run(['sh', '-c', LIST_RUNNING, folder])).stdout).toBe('runs\n');
  } finally {
    parent.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
});

// --- internal ---

async function stateIn(file: string): Promise<string | undefined> {
  const stat = await readFile(`/proc/${(await readFile(file, 'utf8')).trim()}/stat`, 'utf8');
  return stat.split(') ').at(-1)?.[0];
}
