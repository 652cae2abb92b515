/** The password of a group is changed while it serves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import {
  groupCalled,
  labUnderTest,
  lossText,
  lossWhile,
  NAMESPACE,
  page,
  reportsOf,
  SharedTime,
  serviceOf,
  settled,
  soleHolder,
  whyNoLab,
} from './lab-under-test.ts';

const GROUP = 'secret';
const ADDRESS = '192.0.2.207';
/** Milliseconds: kubelet's slowest round, and the agent's look at the mount. */
const UNTOLD = 150_000;
/** Milliseconds between the first node and the last when kubelets were told. */
const TOLD_SPREAD = 3000;
const group = {
  ...{ apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup', metadata: { name: GROUP, namespace: NAMESPACE } },
  spec: { interface: 'eth0', passwordAuth: { secretRef: { name: GROUP }, secretKey: 'password' } },
};
const secret = (password: string): object => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: GROUP, namespace: NAMESPACE }, stringData: { password } },
});
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a password that changes${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    for (const object of [secret('first'), group, serviceOf(GROUP, GROUP, [ADDRESS])]) await lab.apply(object);
    await page(lab, ADDRESS);
    await settled(lab, 90_000, GROUP);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service,keepalivedgroup,secret', '-n', NAMESPACE, GROUP, '--ignore-not-found']);
    await settled(lab);
  });

  it('is on every node at once when their pods are annotated, and the client misses nothing', async () => {
    const { loss, spreadMs } = await changed('second', async () => {
      const annotate = ['annotate', 'pods', '-n', NAMESPACE, '-l', `keepalivedGroup=${GROUP}`, '--overwrite', 'password-changed=second'];
      await lab.kubectl(annotate);
    });
    expect(spreadMs).toBeLessThan(TOLD_SPREAD);
    expect(loss.lost).toBe(0);
  });

  it('is on every node by itself, node after node as kubelet comes by, and one node has the address in the end', async () => {
    const owner = await soleHolder(lab, ADDRESS);
    await changed('third', async () => {});
    expect(await soleHolder(lab, ADDRESS)).toBe(owner);
  });
});

// --- internal ---

/** Changes the password, does what comes next, and waits until every node runs with it and all is as it should be. */
async function changed(password: string, next: () => Promise<void>): Promise<{ loss: { lost: number }; spreadMs: number }> {
  const before = await startTimes();
  const shared = new SharedTime(lab, ADDRESS);
  const began = Date.now();
  const loss = await lossWhile(lab, ADDRESS, async () => {
    await lab.apply(secret(password));
    await next();
    const isOnAll = async (): Promise<boolean> => (await startTimes()).every((time, index) => time !== before[index]);
    await lab.waitFor('every node runs with the new password', () => shared.look(isOnAll), UNTOLD);
    await lab.waitFor('one node has the address', () => shared.look(() => settled(lab, 1, GROUP)), 30_000);
  });
  const times = (await startTimes()).map((time) => Date.parse(time ?? ''));
  const [firstMs, lastMs] = [Math.min(...times) - began, Math.max(...times) - began];
  console.log(
    `password changed: on the first node after ${firstMs} ms, on the last after ${lastMs} ms; ${lossText(loss)}; two holders for ${Math.round(shared.longest)} ms at the longest`,
  );
  return { loss, spreadMs: lastMs - firstMs };
}

/** Since when each node's keepalived runs what it runs. */
const startTimes = async (): Promise<(string | null | undefined)[]> =>
  (await reportsOf(lab, await groupCalled(lab, GROUP))).map((report) => report?.config.since);
