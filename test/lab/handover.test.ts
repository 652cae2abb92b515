/** Addresses that are given up on purpose: nothing may be lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { labUnderTest, lossText, lossWhile, NAMESPACE, podOn, reportOf, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

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

  it('loses no packet when the pod of its owner is deleted and the next one takes it back', async () => {
    const owner = await soleHolder(lab, VIP);
    const { name } = (await podOn(lab, owner)).metadata;
    const loss = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, name]);
      expect(await soleHolder(lab, VIP)).not.toBe(owner);
      await settled(lab);
    });
    console.log(`pod of the owner deleted: ${lossText(loss)}`);
    expect(await soleHolder(lab, VIP)).toBe(owner);
    expect(loss.lost).toBe(0);
  });

  it('loses no packet when its owner is drained, and none when it is back', async () => {
    const owner = await soleHolder(lab, VIP);
    const drained = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['drain', owner, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s']);
      await lab.waitFor(`${VIP} has left ${owner}`, async () => ((await soleHolder(lab, VIP)) === owner ? undefined : true), 30_000);
    });
    const back = await lossWhile(lab, VIP, async () => {
      await lab.kubectl(['uncordon', owner]);
      await lab.waitFor(`${VIP} is back on ${owner}`, async () => ((await soleHolder(lab, VIP)) === owner ? true : undefined), 30_000);
    });
    console.log(`owner drained: ${lossText(drained)}; uncordoned: ${lossText(back)}`);
    expect([drained.lost, back.lost]).toEqual([0, 0]);
  });

  it('loses no packet when every pod is replaced', async () => {
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
    expect(loss.lost).toBe(0);
  });
});
