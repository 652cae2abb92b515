import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../machine/wait.ts';
import { addressIn, attemptIn, startProbe } from './probe.ts';

describe('attemptIn', () => {
  it.each([
    [
      'an answer',
      '[1795489198.50000] 192.0.2.200 : [2], 64 bytes, 0.500 ms (0.088 avg, 0% loss)',
      { sequence: 2, sentAt: 1795489198499.5, answered: true },
    ],
    [
      'a loss, told when its time is over',
      '[1795489202.80000] 192.0.2.99 : [70001], timed out (NaN avg, 100% loss)',
      { sequence: 70001, sentAt: 1795489202600, answered: false },
    ],
    [
      'an answer over IPv6',
      '[1.00000] 2001:db8::c8 : [0], 64 bytes, 1.00 ms (1.00 avg, 0% loss)',
      { sequence: 0, sentAt: 999, answered: true },
    ],
    [
      'an answer of one of several addresses, which are padded',
      '[1.00000] 192.0.2.2   : [4], 64 bytes, 1.00 ms (1.00 avg, 0% loss)',
      { sequence: 4, sentAt: 999, answered: true },
    ],
    [
      'an answer that came too late as a loss',
      '[1.00000] 192.0.2.200 : [3], 64 bytes, 300 ms (300 avg, 0% loss)',
      { sequence: 3, sentAt: 700, answered: false },
    ],
  ])('reads %s', (_, line, attempt) => {
    expect(attemptIn(line)).toEqual(attempt);
  });

  it.each(['', '192.0.2.200 : xmt/rcv/%loss = 172/172/0%', 'ICMP Host Unreachable from 192.0.2.3 for ICMP Echo sent to 192.0.2.99'])(
    'takes no attempt from "%s"',
    (line) => {
      expect(attemptIn(line)).toBeUndefined();
    },
  );
});

describe('addressIn', () => {
  it('names whose attempt it was', () => {
    expect(addressIn('[1.00000] 192.0.2.2   : [4], 64 bytes, 1.00 ms (1.00 avg, 0% loss)')).toBe('192.0.2.2');
    expect(addressIn('[1.00000] 2001:db8::c8 : [0], timed out (NaN avg, 100% loss)')).toBe('2001:db8::c8');
    expect(addressIn('192.0.2.200 : xmt/rcv/%loss = 172/172/0%')).toBeUndefined();
  });
});

describe('a probe of a TCP port', () => {
  const listen = (): Promise<{ server: Server; port: number }> =>
    new Promise((resolve) => {
      const server = createServer((socket) => socket.destroy());
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve({ server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
      });
    });
  const here = (command: readonly string[]): string[] => [...command];

  it('sees that nobody listens any more', async () => {
    const { server, port } = await listen();
    let accepted = 0;
    server.on('connection', () => {
      accepted += 1;
    });
    const probe = await startProbe(here, '127.0.0.1', { port, everyMs: 5 });
    await waitFor('ten connections', async () => (accepted >= 10 ? true : undefined), 10_000);
    await new Promise((resolve) => server.close(resolve));
    const silent = performance.now() + 500;
    await waitFor('half a second of silence', async () => (performance.now() > silent ? true : undefined), 5_000);
    const { sent, received, gaps } = await probe.stop();
    expect(received).toBeGreaterThanOrEqual(10);
    expect(sent).toBeGreaterThan(received);
    expect(gaps.at(-1)).toMatchObject({ open: true });
  });

  it('loses nothing because it stood still itself', async () => {
    const { server, port } = await listen();
    const folder = await mkdtemp(join(tmpdir(), 'probe-'));
    const withPid = (command: readonly string[]): string[] => ['sh', '-c', 'echo $$ >"$0" && exec "$@"', join(folder, 'pid'), ...command];
    const probe = await startProbe(withPid, '127.0.0.1', { port, everyMs: 1 });
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    for (let pause = 0; pause < 12; pause++) {
      process.kill(pid, 'SIGSTOP');
      await elapsed(300);
      process.kill(pid, 'SIGCONT');
      await elapsed(20 + pause);
    }
    const { sent, received } = await probe.stop();
    await rm(folder, { recursive: true });
    server.close();
    expect(sent).toBeGreaterThan(12);
    expect(sent - received).toBe(0);
  });

  it('fails with what the program said when it cannot run', async () => {
    await expect(startProbe(() => ['sh', '-c', 'echo no network >&2; exit 1'], '192.0.2.1')).rejects.toThrow('no network');
  });
});
