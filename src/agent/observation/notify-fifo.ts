import { constants, openSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { RunCommand } from '../run-command.ts';

/** Makes the FIFO unless it is there: one that keepalived made itself would be made anew at each reload, and its reader would go deaf. */
export async function makeFifo(path: string, run: RunCommand): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFIFO()) return;
  await rm(path, { force: true, recursive: true });
  const { status, stderr } = await run('mkfifo', ['-m', '600', path], 5000);
  if (status !== 0) throw new Error(`could not make the FIFO ${path}: ${stderr.trim()}`);
}

/** Hands over each line until it is closed. Opened for both directions, so that it never ends when a daemon does. */
export function readFifo(path: string, onLine: (line: string) => void): Disposable {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  const lines = createInterface({ input: socket });
  lines.on('line', onLine);
  return {
    [Symbol.dispose]: () => {
      lines.close();
      socket.destroy();
    },
  };
}
