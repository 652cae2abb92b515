/** The password of a group is changed while it serves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import type { NodeReport } from '../../src/api/node/report.ts';
import {
  groupCalled,
  type Loss,
  labUnderTest,
  lossText,
  lossWhile,
  NAMESPACE,
  page,
  podOn,
  reportsOf,
  SharedTime,
  serviceOf,
  settled,
  whyNoLab,
  withoutManagers,
} from './lab-under-test.ts';
import { movesOf, movesSince } from './moves.ts';

const GROUP = 'secret';
const ADDRESS = '192.0.2.207';
/** Milliseconds: kubelet's slowest round, and as long as an agent holds a password that no manager speaks of. */
const LONGEST = 200_000;
/** Milliseconds between the first node and the last: backups wait for three adverts, and have heard one up to a second before. */
const SPREAD = 2000;
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

  it('is on every node at the same moment, some time after the Secret alone was changed: nothing moves, and the client misses nothing', async () => {
    const [before, moves] = [await transitions(), await movesOf(lab, ADDRESS)];
    const { loss, spreadMs, sharedMs } = await changed('second');
    const after = await transitions();
    const told = `${lossText(loss)}; ${JSON.stringify([before, after])}; ${JSON.stringify(await movesSince(lab, ADDRESS, moves))}`;
    expect(after, told).toEqual(before);
    expect(loss.lost, told).toBe(0);
    expect(sharedMs).toBe(0);
    expect(spreadMs).toBeLessThan(SPREAD);
  });

  it('is on every node a minute after kubelets have brought it while there is no manager', async () => {
    await withoutManagers(lab, async () => {
      const { loss } = await changed('third', async () => {
        const annotate = ['annotate', 'pods', '-n', NAMESPACE, '-l', `keepalivedGroup=${GROUP}`, '--overwrite', 'password-changed=third'];
        await lab.kubectl(annotate);
      });
      expect(loss.longestMs).toBeLessThan(4000);
    });
  });
});

// --- internal ---

/** Changes the password, does what comes next, and waits until every node's keepalived has it and all is as it should be. */
async function changed(password: string, next = async (): Promise<void> => {}): Promise<Outcome> {
  const before = await startTimes();
  const shared = new SharedTime(lab, ADDRESS);
  const began = Date.now();
  const loss = await lossWhile(lab, ADDRESS, async () => {
    await lab.apply(secret(password));
    await next();
    const isOnAll = async (): Promise<boolean> => {
      const isOther = (await startTimes()).every((time, index) => time !== before[index]);
      return isOther && (await passwords()).every((one) => one === password);
    };
    await lab.waitFor('every node runs with the new password', () => shared.look(isOnAll), LONGEST);
    await lab.waitFor('one node has the address', () => shared.look(() => settled(lab, 1, GROUP)), 30_000);
  });
  const times = (await startTimes()).map((time) => Date.parse(time ?? ''));
  const [firstMs, lastMs] = [Math.min(...times) - began, Math.max(...times) - began];
  console.log(
    `password changed: on the first node after ${firstMs} ms, on the last after ${lastMs} ms; ${lossText(loss)}; two holders for ${Math.round(shared.longest)} ms at the longest`,
  );
  return { loss, spreadMs: lastMs - firstMs, sharedMs: shared.longest };
}

interface Outcome {
  readonly loss: Loss;
  readonly spreadMs: number;
  readonly sharedMs: number;
}

const reports = async (): Promise<(NodeReport | undefined)[]> => reportsOf(lab, await groupCalled(lab, GROUP));

/** Since when each node's keepalived runs what it runs. */
const startTimes = async (): Promise<(string | null | undefined)[]> => (await reports()).map((report) => report?.config.since);

/** State of the address's instance on each node, and since when. */
const transitions = async (): Promise<(string | undefined)[][]> =>
  (await reports()).map((report) => (report?.instances ?? []).flatMap(({ state, since }) => [state, since]));

/** The password in the file of each node's keepalived. */
const passwords = (): Promise<(string | undefined)[]> =>
  Promise.all(
    lab.nodes.map(async (node) => {
      const { metadata } = await podOn(lab, node, GROUP);
      const read = ['exec', '-n', NAMESPACE, metadata.name, '-c', 'agent', '--', 'cat', '/run/keepalived/keepalived.conf'];
      return /auth_pass (\S+)/.exec(await lab.kubectl(read))?.[1];
    }),
  );
