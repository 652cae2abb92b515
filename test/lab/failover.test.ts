/** What the client host sees of a VIP while things happen to it. Every figure is printed at the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { labUnderTest, NAMESPACE, page, service, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const figures: string[] = [];
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a VIP in the lab${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await allNodesServe();
  });
  afterAll(() => {
    console.log(['', 'What the client missed:', ...figures, ''].join('\n'));
  });

  it('answers the client with the page after kubectl apply', async () => {
    expect(await page(lab, VIP)).toContain('keepalived');
    expect(lab.nodes).toContain(await soleHolder(lab, VIP));
  });

  it.each([
    ['its owner loses power', 'power-off'],
    ["its owner's link goes down", 'link-down'],
    ['its owner is cut off the switch', 'cut'],
  ] as const)('moves to another node when %s, and both serve after it is healed', async (what, how) => {
    const owner = await soleHolder(lab, VIP);
    const gap = await gapWhile(what, async () => {
      await lab.fail(owner, how);
      await answersFromAnotherNode(owner);
    });
    expect(gap).toBeLessThan(10_000);
    const healing = await gapWhile(`${what}: healed`, async () => {
      await lab.heal(owner);
      await allNodesServe();
    });
    expect(healing).toBeLessThan(10_000);
  });

  it('moves when keepalived and its agent are killed, and nobody else is disturbed', async () => {
    const owner = await soleHolder(lab, VIP);
    const gap = await gapWhile('keepalived killed (SIGKILL)', async () => {
      await lab.fail(owner, 'kill');
      await lab.heal(owner);
      await allNodesServe();
    });
    expect(gap).toBeLessThan(10_000);
  });

  it('is handed over when the pod of its owner is deleted', async () => {
    const owner = await soleHolder(lab, VIP);
    const pod = await podOn(owner);
    const gap = await gapWhile('pod of its owner deleted', async () => {
      await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, pod]);
      await allNodesServe();
    });
    expect(gap).toBeLessThan(10_000);
  });

  it('fails over while the operator is stopped', async () => {
    await scaleOperator(0);
    try {
      const owner = await soleHolder(lab, VIP);
      const gap = await gapWhile('its owner loses power, operator stopped', async () => {
        await lab.fail(owner, 'power-off');
        await answersFromAnotherNode(owner);
      });
      expect(gap).toBeLessThan(10_000);
      await lab.heal(owner);
    } finally {
      await scaleOperator(1);
      await allNodesServe();
    }
  });

  it('loses no packet while a second Service is added, answers and is removed from every node', async () => {
    const other = '192.0.2.201';
    const gap = await gapWhile('a second Service added and removed', async () => {
      await lab.apply(service('second', other));
      await page(lab, other);
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'second']);
      await lab.waitFor(`no host holds ${other}`, async () => ((await lab.holders(other)).length === 0 ? true : undefined), 20_000);
    });
    expect(gap).toBe(0);
  });
});

// --- internal ---

/** Probes the VIP while something happens; notes packets lost and the longest gap (ms), and gives the gap. */
async function gapWhile(what: string, happens: () => Promise<void>): Promise<number> {
  const probe = await lab.probe(VIP);
  const outcome = await Promise.allSettled([happens()]);
  const { sent, received, gaps } = await probe.stop();
  const longest = Math.max(0, ...gaps.map((gap) => gap.lengthMs));
  figures.push(`  ${what}: ${sent - received} of ${sent} lost, longest gap ${Math.round(longest)} ms`);
  if (outcome[0].status === 'rejected') throw outcome[0].reason;
  return longest;
}

const answersFromAnotherNode = (owner: string): Promise<true> =>
  lab.waitFor(
    `${VIP} is on a node other than ${owner} and answers`,
    async () => {
      const holders = (await lab.holders(VIP)).filter((host) => host !== owner);
      if (holders.length !== 1) return undefined;
      const { code } = await lab.exec('client', ['ping', '-c', '1', '-W', '1', VIP], { allowFailure: true });
      return code === 0 ? true : undefined;
    },
    30_000,
  );

/** Every node is Ready, its keepalived pod is ready, and the VIP has one holder. */
async function allNodesServe(): Promise<void> {
  await lab.waitFor(
    'a ready keepalived pod on every node',
    async () => {
      const { status } = JSON.parse(await lab.kubectl(['get', 'daemonset', '-n', NAMESPACE, '-o', 'json'])).items[0];
      const nodes = JSON.parse(await lab.kubectl(['get', 'nodes', '-o', 'json'])).items as {
        status: { conditions: { type: string; status: string }[] };
      }[];
      const ready = nodes.filter((node) => node.status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True'));
      return ready.length === lab.nodes.length && status.numberReady === lab.nodes.length ? true : undefined;
    },
    120_000,
  );
  await soleHolder(lab, VIP);
}

async function podOn(node: string): Promise<string> {
  const list = JSON.parse(await lab.kubectl(['get', 'pods', '-n', NAMESPACE, '-l', 'keepalivedGroup', '-o', 'json']));
  const pod = (list.items as { metadata: { name: string }; spec: { nodeName: string } }[]).find(({ spec }) => spec.nodeName === node);
  if (pod === undefined) throw new Error(`no keepalived pod runs on ${node}`);
  return pod.metadata.name;
}

const OPERATOR = ['-n', 'keepalived-operator', 'deployment/keepalived-operator-controller-manager'];

async function scaleOperator(replicas: number): Promise<void> {
  await lab.kubectl(['scale', ...OPERATOR, `--replicas=${replicas}`]);
  if (replicas > 0) await lab.kubectl(['rollout', 'status', ...OPERATOR, '--timeout=60s']);
  else
    await lab.kubectl(['wait', '-n', 'keepalived-operator', '--for=delete', 'pod', '-l', 'operator=keepalived-operator', '--timeout=60s']);
}
