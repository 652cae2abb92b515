import { describe, expect, it } from 'vitest';
import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import type { Client } from '../../kube/client.ts';
import { answerHistory, type HistoryOptions } from './command.ts';

const away: MoveRecord = {
  time: '2026-01-02T03:04:05.678Z',
  from: 'node1',
  to: 'node2',
  cause: 'LinkLost',
  message: 'node1 reports: interface eth0 is down or has no carrier',
  withoutOwner: { atLeastMilliseconds: 304, atMostMilliseconds: 316, by: 'Transitions' },
};
const first: MoveRecord = { time: '2026-01-01T00:00:00.000Z', to: 'node1', cause: 'FirstElection', message: 'node1 is the first owner' };
const aVirtualIP = (address: string, service: string, moves: readonly MoveRecord[]): VirtualIP => ({
  metadata: { name: address },
  spec: { address, claims: [{ namespace: 'shop', service, source: 'Pool' }] },
  status: { service: `shop/${service}`, group: 'web/vips', moves },
});
const ALL = [aVirtualIP('192.0.2.1', 'a', [away, first]), aVirtualIP('192.0.2.2', 'b', [first])];

async function history(subject?: string, options: Partial<HistoryOptions> = {}, items: readonly VirtualIP[] = ALL) {
  const asked: string[] = [];
  const request = async ({ path }: { path: string }) => {
    asked.push(path);
    return { items };
  };
  const answer = await answerHistory({ request } as unknown as Client, subject, { output: 'text', ...options }, 'shop');
  return { ...answer, rows: answer.stdout.trimEnd().split('\n'), asked };
}

describe('kubectl keepalived history', () => {
  it('prints the moves of all addresses, the latest first, and asks for VirtualIPs only', async () => {
    const { rows, asked, status } = await history();
    expect(rows).toEqual([
      'TIME                       ADDRESS     FROM     TO      CAUSE           WITHOUT-OWNER',
      '2026-01-02T03:04:05.678Z   192.0.2.1   node1    node2   LinkLost        0.3 to 0.32 s',
      '2026-01-01T00:00:00.000Z   192.0.2.1   <none>   node1   FirstElection',
      '2026-01-01T00:00:00.000Z   192.0.2.2   <none>   node1   FirstElection',
    ]);
    expect(asked.map((path) => path.split('/').at(-1))).toEqual(['virtualips']);
    expect(status).toBe(0);
  });

  it.each([
    ['an address, however it is written', '192.0.2.1', {}, 2],
    ['a Service', 'service/b', {}, 1],
    ['a node, the moves to it and from it', 'node/node2', {}, 1],
  ])('shows of %s only what concerns it', async (_, subject, options, count) => {
    expect((await history(subject, options)).rows).toHaveLength(count + 1);
  });

  it('prints, wide, the Service, the group, what the time follows from, and the cause in words', async () =>
    expect((await history('192.0.2.1', { output: 'wide' })).rows[1]).toMatch(
      /0\.32 s +shop\/a +web\/vips +Transitions +node1 reports: interface eth0 is down or has no carrier$/,
    ));
  it('prints the moves as JSON', async () =>
    expect(JSON.parse((await history('192.0.2.2', { output: 'json' })).stdout)).toEqual({
      moves: [{ ...first, address: '192.0.2.2', service: 'shop/b', group: 'web/vips' }],
    }));
  it('prints the moves as YAML', async () =>
    expect((await history('192.0.2.2', { output: 'yaml' })).stdout).toContain('cause: FirstElection'));

  it.each([
    ['192.0.2.9', 'error: there is no VirtualIP of 192.0.2.9'],
    ['service/c', 'error: there is no VirtualIP of service/c'],
    ['pod/a', 'error: "pod/a" is not an address; write an address, service/NAME, service/NAMESPACE/NAME or node/NAME'],
  ])('says so when it knows no %s', async (subject, sentence) =>
    expect(await history(subject)).toMatchObject({ status: 1, notes: [sentence] }),
  );
  it('says so when nothing has moved', async () => {
    expect(await history('node/node9')).toMatchObject({ status: 0, stdout: 'no move is recorded\n' });
    expect((await history(undefined, {}, [])).stdout).toBe('no move is recorded\n');
  });
});
