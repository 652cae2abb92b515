import { beforeEach, describe, expect, it } from 'vitest';
import { MovingCluster, unreachable } from '../../../test/builders/moving-cluster.ts';
import { DRAIN_ANNOTATION, REBALANCE_ANNOTATION } from '../../api/names.ts';
import type { Answer } from '../answer.ts';
import { answerRebalance, type RebalanceOptions } from './command.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
let cluster: MovingCluster;

const rebalance = (options: Partial<RebalanceOptions> = {}, group?: string): Promise<Answer> =>
  answerRebalance(group, { atOnce: 1, timeout: 10, ...options }, NOW, cluster.edge);
const counts = async (): Promise<number[]> => {
  const owners = await cluster.owners();
  return ['node1', 'node2', 'node3', 'node4'].map((node) => owners[node]?.length ?? 0);
};

beforeEach(async () => {
  cluster = await MovingCluster.of(12);
  await cluster.join('node4');
  expect(await counts()).toEqual([4, 4, 4, 0]);
});

describe('kubectl keepalived rebalance', () => {
  it('moves as few as make the nodes even, one at a time and each once, and leaves nothing behind', async () => {
    expect(await rebalance()).toMatchObject({ status: 0, stdout: '3 addresses moved; the addresses are even now\n' });
    expect(await counts()).toEqual([3, 3, 3, 3]);
    expect(cluster.said).toHaveLength(3);
    expect([cluster.mostAtOnce, cluster.moves.length]).toEqual([1, 3]);
    expect((await cluster.marks()).preferred).toBeUndefined();
    expect((await cluster.group()).status?.rebalanced).toBe(NOW.toISOString());
    await cluster.pass();
    expect(cluster.moves).toHaveLength(3);
    expect(await rebalance()).toMatchObject({ status: 0, stdout: 'the addresses are even already\n' });
  });

  it('says what would move, and changes nothing', async () => {
    const { status, stdout } = await rebalance({ dryRun: true }, 'web/vips');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^KeepalivedGroup web\/vips: 3 addresses would move\n( {2}192\.0\.2\.\d+: node[123] -> node4\n){3}$/);
    expect(cluster.moves).toEqual([]);
    expect((await cluster.group()).metadata.annotations ?? {}).toEqual({});
  });

  it('moves no more than it may', async () => {
    expect(await rebalance({ most: 2 })).toMatchObject({ status: 0, stdout: '2 addresses moved; the addresses are more even now\n' });
    expect((await counts())[3]).toBe(2);
  });

  it('leaves what somebody moved by hand', async () => {
    const [router = ''] = (await cluster.owners()).node1 ?? [];
    await cluster.annotate(GROUP, { [PREFERRED]: JSON.stringify({ [router]: 'node2' }) });
    await cluster.pass();
    cluster.moves.length = 0;
    expect((await rebalance()).status).toBe(0);
    expect((await cluster.owners()).node2).toContain(router);
    expect((await cluster.marks()).preferred).toEqual({ [router]: 'node2' });
  });

  it('takes all back when one does not arrive, and at Ctrl-C', async () => {
    const owners = await cluster.owners();
    for (const router of owners.node3 ?? []) cluster.held.add(router);
    expect(await rebalance()).toMatchObject({
      status: 2,
      notes: [expect.stringMatching(/^error: the addresses are not even: .* every address is where it was$/)],
    });
    expect(await cluster.owners()).toEqual(owners);
    cluster.held.clear();
    cluster.afterPass = () => (cluster.moves.length > 0 ? cluster.stop.abort() : undefined);
    expect((await rebalance()).notes.join()).toContain('you ended it');
    expect((await cluster.marks()).preferred).toBeUndefined();
    expect((await cluster.group()).metadata.annotations?.[REBALANCE_ANNOTATION]).toBeUndefined();
  });

  it('goes on where one was ended before the homes were saved', async () => {
    cluster.faultOfUser = ({ method, body }) => {
      if (method === 'PATCH' && JSON.stringify(body).includes(REBALANCE_ANNOTATION)) throw unreachable();
    };
    expect(await rebalance()).toMatchObject({
      status: 2,
      notes: ['error: 3 addresses moved, and the new preferred nodes could not be saved: connection refused; run rebalance again'],
    });
    cluster.faultOfUser = () => {};
    cluster.moves.length = 0;
    expect((await rebalance()).status).toBe(0);
    expect(cluster.moves).toEqual([]);
    expect(await counts()).toEqual([3, 3, 3, 3]);
    expect((await cluster.marks()).preferred).toBeUndefined();
  });

  it('changes nothing where the node that is to get addresses can have none', async () => {
    await cluster.annotate('/api/v1/nodes/node4', { [DRAIN_ANNOTATION]: '' });
    await cluster.pass();
    expect(await rebalance()).toMatchObject({
      status: 2,
      notes: [
        expect.stringMatching(
          /^error: node4 is to get addresses of KeepalivedGroup web\/vips, and has the annotation .*; nothing was changed$/,
        ),
      ],
    });
    expect(cluster.moves).toEqual([]);
  });

  it('says which right is missing, and what there is of groups', async () => {
    expect(await rebalance({}, 'web/other')).toMatchObject({
      status: 1,
      notes: ['error: there is no KeepalivedGroup web/other; there are: web/vips'],
    });
    cluster.forbidden.add('keepalivedgroups');
    expect((await rebalance()).notes.join()).toContain('you may not patch KeepalivedGroup web/vips');
    expect(cluster.moves).toEqual([]);
  });
});

// --- internal ---

const GROUP = '/apis/redhatcop.redhat.io/v1alpha1/namespaces/web/keepalivedgroups/vips';
const PREFERRED = 'keepalived-operator.redhat-cop.io/preferred-nodes';
