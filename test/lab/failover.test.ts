/** What the client host sees of a VIP while things happen to it. Every figure is printed at the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import {
  GROUP,
  labUnderTest,
  NAMESPACE,
  page,
  plugin,
  podOn,
  service,
  settled,
  soleHolder,
  VIP,
  whyNoLab,
  withoutManagers,
} from './lab-under-test.ts';

/** Milliseconds without an answer after which a failover has not worked; eight adverts of 100 ms and the skew are 0.9 s, and the machine is busy. */
const LONGEST = 3000;

const figures: string[] = [];
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a VIP in the lab${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(() => {
    console.log(['', 'What the client missed, asking every 10 ms:', ...figures, ''].join('\n'));
  });

  it('answers the client with the page after kubectl apply', async () => {
    expect(await page(lab, VIP)).toContain('keepalived');
    expect(lab.nodes).toContain(await soleHolder(lab, VIP));
  });

  it.each([
    ['its owner loses power', 'power-off'],
    ["its owner's link goes down", 'link-down'],
    ['its owner is cut off the switch', 'cut'],
  ] as const)('answers from another node when %s, and returns to its preferred node when that is healed', async (what, how) => {
    const owner = await soleHolder(lab, VIP);
    const foretold = await successorOf(owner);
    const gap = await gapWhile(what, async () => {
      await lab.fail(owner, how);
      await answersFromAnotherNode(owner);
    });
    expect(gap).toBeLessThan(LONGEST);
    expect((await lab.holders(VIP)).filter((host) => host !== owner)).toEqual([foretold]);
    if (how === 'power-off') await statusTellsOf(owner);
    const healing = await gapWhile(`${what}: healed`, async () => {
      await lab.heal(owner);
      await settled(lab);
      // A node that was not Ready has to be well for a while.
      await lab.waitFor(`${VIP} is back on ${owner}`, async () => ((await soleHolder(lab, VIP)) === owner ? true : undefined), 60_000);
    });
    expect(healing).toBeLessThan(LONGEST);
  });

  it('is explained to the owner of its Service', async () => {
    const owner = await soleHolder(lab, VIP);
    await lab.waitFor(
      'the group has heard who has it',
      async () =>
        (await plugin(lab, ['explain', 'service/web', '-n', NAMESPACE])).includes(`${VIP}   Owned   ${owner} `) ? true : undefined,
      30_000,
    );
    expect(await plugin(lab, ['status', VIP])).toContain(`${VIP}   web/web `);
  });

  it('answers again when keepalived of its owner is killed', async () => {
    const owner = await soleHolder(lab, VIP);
    const before = await restartsOn(owner);
    const gap = await gapWhile('keepalived of its owner killed (SIGKILL)', async () => {
      await lab.fail(owner, 'kill');
      await lab.waitFor(
        `keepalived on ${owner} is started again`,
        async () => ((await restartsOn(owner)) > before ? true : undefined),
        60_000,
      );
      await settled(lab);
    });
    expect(gap).toBeLessThan(LONGEST);
  });

  it('is handed over when the pod of its owner is deleted, and taken back by the next one', async () => {
    const owner = await soleHolder(lab, VIP);
    const { name } = (await podOn(lab, owner)).metadata;
    const gap = await gapWhile('pod of its owner deleted', async () => {
      await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, name]);
      await settled(lab);
    });
    expect(gap).toBeLessThan(LONGEST);
  });

  it('fails over while the operator is stopped', async () => {
    const owner = await soleHolder(lab, VIP);
    await withoutManagers(lab, async () => {
      const gap = await gapWhile('its owner loses power, operator stopped', async () => {
        await lab.fail(owner, 'power-off');
        await answersFromAnotherNode(owner);
      }).finally(() => lab.heal(owner));
      expect(gap).toBeLessThan(LONGEST);
    });
    await settled(lab);
  });

  it('loses no packet while a second Service is added, and that one answers too', async () => {
    const gap = await gapWhile('a second Service added', async () => {
      await lab.apply(service('second', SECOND));
      await page(lab, SECOND);
      await settled(lab);
    });
    expect(gap).toBe(0);
  });

  it('loses no packet while the second Service is deleted, whose address is then on no node', async () => {
    const gap = await gapWhile('the second Service deleted', async () => {
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'second']);
      await lab.waitFor(`no host holds ${SECOND}`, async () => ((await lab.holders(SECOND)).length === 0 ? true : undefined), 30_000);
      await settled(lab);
    });
    expect(gap).toBe(0);
    expect(await lab.holders(SECOND)).toEqual([]);
  });
});

// --- internal ---

const SECOND = '192.0.2.201';

/** Where `kubectl keepalived simulate` says that the VIP goes without its owner. */
async function successorOf(owner: HostName): Promise<string | undefined> {
  const { virtualRouters } = JSON.parse(await plugin(lab, ['simulate', '--without', owner, '-o', 'json']));
  return virtualRouters.find(({ addresses }: { addresses: readonly string[] }) => addresses.includes(VIP))?.to;
}

/** Probes the VIP while something happens; notes packets lost and the longest gap (ms), and gives the gap. */
async function gapWhile(what: string, happens: () => Promise<void>): Promise<number> {
  const probe = await lab.probe(VIP);
  const [outcome] = await Promise.allSettled([happens()]);
  const { sent, received, gaps } = await probe.stop();
  const longest = Math.max(0, ...gaps.map((gap) => gap.lengthMs));
  figures.push(`  ${what}: ${sent - received} of ${sent} lost, longest gap ${Math.round(longest)} ms`);
  if (outcome?.status === 'rejected') throw outcome.reason;
  return longest;
}

const answersFromAnotherNode = (owner: HostName): Promise<true> =>
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

/** Waits until the group's status names the lost node and the new owner, also when the leading manager was on that node. */
const statusTellsOf = (lost: HostName): Promise<boolean> =>
  lab.waitFor(
    `the status of the group says that ${lost} does not answer, and who has ${VIP}`,
    async () => {
      const { status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
      const available = status.conditions.find(({ type }: { type: string }) => type === 'UpToDate');
      const [router] = status.virtualRouters;
      if (available.status !== 'False' || !available.message.includes(`${lost} does not answer`)) throw new Error(available.message);
      if (router.node !== (await soleHolder(lab, VIP))) throw new Error(`it says that ${router.node} has ${VIP}`);
      return true as const;
    },
    60_000,
  );

async function restartsOn(node: HostName): Promise<number> {
  const { containerStatuses } = (await podOn(lab, node)).status;
  return containerStatuses.find(({ name }) => name === 'keepalived')?.restartCount ?? Number.NaN;
}
