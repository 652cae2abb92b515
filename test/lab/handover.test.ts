/** Addresses that are given up on purpose: nothing may be lost, but for one echo where an address comes home by preemption. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import {
  labUnderTest,
  lossText,
  lossWhile,
  NAMESPACE,
  page,
  podOn,
  reportOf,
  service,
  settled,
  soleHolder,
  VIP,
  whyNoLab,
  workloadOn,
} from './lab-under-test.ts';
import { type MoveRecord, movesOf, movesSince } from './moves.ts';

let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a VIP that is given up${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    for (const node of lab.nodes) await lab.kubectl(['uncordon', node]);
    await settled(lab);
  });

  it('loses at most one packet when the pod of its owner is deleted and the next one takes it back', async () => {
    const owner = await soleHolder(lab, VIP);
    const { name } = (await podOn(lab, owner)).metadata;
    const loss = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, name]);
      expect(await soleHolder(lab, VIP)).not.toBe(owner);
      await settled(lab);
    });
    console.log(`pod of the owner deleted: ${lossText(loss)}`);
    expect(await soleHolder(lab, VIP)).toBe(owner);
    expect(loss.lost).toBeLessThanOrEqual(1);
  });

  it('stays when its owner is cordoned; leaves once when that is drained, before the plug is pulled; and comes back', async () => {
    const owner = await soleHolder(lab, VIP);
    await lab.apply(workloadOn(owner, WORKLOAD));
    await lab.kubectl(['wait', '-n', NAMESPACE, `pod/${WORKLOAD}`, '--for=condition=Ready', '--timeout=60s']);
    const before = await movesOf(lab, VIP);
    const cordoned = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['cordon', owner]);
      // What is planned after the cordon runs on every node, and then that the Service is gone again.
      await lab.apply(service('meanwhile', '192.0.2.231'));
      await page(lab, '192.0.2.231');
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'meanwhile']);
      await settled(lab);
    });
    expect(await soleHolder(lab, VIP)).toBe(owner);
    expect(await movesSince(lab, VIP, before)).toEqual([]);

    const drained = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['drain', owner, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s']);
      await lab.fail(owner, 'power-off');
      await settledOnOthers(owner);
    });
    expect(await soleHolder(lab, VIP)).not.toBe(owner);

    const back = await lossWhile(lab, VIP, async () => {
      await lab.heal(owner);
      await lab.kubectl(['uncordon', owner]);
      await lab.waitFor(`${VIP} is back on ${owner}`, async () => ((await soleHolder(lab, VIP)) === owner ? true : undefined), 60_000);
    });
    console.log(`cordoned: ${lossText(cordoned)}; drained, then power off: ${lossText(drained)}; healed and uncordoned: ${lossText(back)}`);
    expect([cordoned.lost, drained.lost]).toEqual([0, 0]);
    expect(back.lost).toBeLessThanOrEqual(1);
    const written = await lab.waitFor('both moves are written down', async () => atLeast(2, await movesSince(lab, VIP, before)), 60_000);
    console.log(written.map((move) => JSON.stringify(move)).join('\n'));
    expect(written.map(({ to, cause }) => [to === owner, cause])).toEqual([
      [true, 'Preferred'],
      [false, 'Drained'],
    ]);
    expect(written.at(-1)?.withoutOwner).toMatchObject({ atLeastMilliseconds: 0, by: 'Transitions' });
    expect(written.at(-1)?.withoutOwner?.atMostMilliseconds).toBeLessThan(HANDOVER_WITHIN);
  });

  it('loses one packet at most when every pod is replaced', async () => {
    const pods = await Promise.all(lab.nodes.map((node) => podOn(lab, node)));
    const loss = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['rollout', 'restart', '-n', NAMESPACE, 'daemonset/vips']);
      await lab.waitFor(
        'every node has another pod',
        async () => {
          const now = await Promise.all(lab.nodes.map((node) => reportOf(lab, node)));
          return now.every((report) => report !== undefined && !pods.some(({ metadata }) => metadata.name === report.pod)) || undefined;
        },
        180_000,
      );
      await settled(lab);
    });
    console.log(`pods of ${lab.nodes.length} nodes replaced: ${lossText(loss)}`);
    expect(loss.lost).toBeLessThanOrEqual(1);
  });
});

// --- internal ---

/** Milliseconds; the node that gives it up and the one that takes it tell their moments to within some. */
const HANDOVER_WITHIN = 100;
const WORKLOAD = 'workload';

const atLeast = (count: number, found: readonly MoveRecord[]): readonly MoveRecord[] | undefined =>
  found.length >= count ? found : undefined;

/** Waits until the other nodes have the address, and every packet since is answered. */
const settledOnOthers = (owner: HostName): Promise<string> =>
  lab.waitFor(
    `${VIP} is on a node other than ${owner} and answers`,
    async () => {
      const holders = (await lab.holders(VIP)).filter((host) => host !== owner);
      if (holders.length !== 1) return undefined;
      return page(lab, VIP);
    },
    30_000,
  );
