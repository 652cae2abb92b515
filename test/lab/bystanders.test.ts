/** What goes wrong on one node, or is done by a tenant or a stranger, moves no address of others, loses them no packet, and is told. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressesOf, CLIENT, type HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import {
  forgetLosses,
  GROUP,
  groupCalled,
  labUnderTest,
  NAMESPACE,
  podOn,
  prefer,
  service,
  settled,
  soleHolder,
  VIP,
  whyNoLab,
} from './lab-under-test.ts';
import { type MoveRecord, movesOf, movesSince } from './moves.ts';

/** On the node that is troubled, while {@link VIP} is on another one. */
const NEAR = { name: 'near', address: '192.0.2.207' };
const TENANT = 'tenant';
/** Seconds for which a stranger holds connections; `HOLD_SECONDS=300` for five minutes. */
const HOLD_SECONDS = Number(process.env.HOLD_SECONDS ?? 5);
/** Seconds for which a tenant's lines have their effect. */
const LOUD_SECONDS = 10;
const HOLDER = join(import.meta.dirname, '../net/hold.ts');

let lab: Lab;
let troubled: HostName;
let port: number;
const figures: string[] = [];

describe.skipIf(whyNoLab !== undefined)(
  `an address that is not concerned${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`,
  () => {
    beforeAll(async () => {
      lab = await labUnderTest();
      await lab.kubectl(['create', 'namespace', TENANT]);
      await settled(lab);
      const owner = await soleHolder(lab, VIP);
      troubled = lab.nodes.find((node) => node !== owner) ?? '';
      await prefer(lab, { [`${NAMESPACE}/web`]: owner, [`${NAMESPACE}/${NEAR.name}`]: troubled });
      // A node that was lost would get nothing now.
      await forgetLosses(lab);
      await lab.apply(service(NEAR.name, NEAR.address));
      await settled(lab);
      port = (await groupCalled(lab, GROUP)).status.metricsPort;
    });
    beforeEach(async () => {
      await settled(lab);
      expect(await soleHolder(lab, NEAR.address)).toBe(troubled);
      expect(await soleHolder(lab, VIP)).not.toBe(troubled);
    }, 900_000);
    afterEach(() => lab.signal(troubled, 'keepalived', 'CONT'));
    afterAll(async () => {
      await lab.kubectl(['delete', 'namespace', TENANT, '--ignore-not-found', '--timeout=120s']);
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, NEAR.name, '--ignore-not-found']);
      await prefer(lab, {});
      await settled(lab);
      console.log(['', 'What others missed:', ...figures, ''].join('\n'));
    });

    it('misses nothing when an agent is killed, also on its node', async () => {
      const restarts = await restartsOf('agent');
      await undisturbed('an agent is killed', [VIP, NEAR.address], async () => {
        await lab.signal(troubled, 'agent', 'KILL');
        await lab.waitFor('the agent is started again', async () => (await restartsOf('agent')) > restarts || undefined, 60_000);
        await settled(lab);
      });
    });

    it("misses nothing while another program has the agent's port, also on its node; the group names that node", async () => {
      await undisturbed("another program has the agent's port", [VIP, NEAR.address], async () => {
        const taken = lab.exec(troubled, [process.execPath, '--eval', TAKE, String(port), addressesOf(troubled).v4, '12'], {
          timeoutMs: 60_000,
        });
        await lab.waitFor('the program waits for the port', async () => (await processes(TAKE_NAME)) || undefined, 20_000);
        await lab.signal(troubled, 'agent', 'KILL');
        await told('UpToDate', (message) => message.includes(troubled));
        await taken;
        await settled(lab);
      });
    });

    it.each([
      [64, 'idle'],
      [500, 'idle'],
      [500, 'slow'],
      [500, 'unread /state'],
    ])('misses nothing while a stranger holds %i connections to the agent (%s), also on its node', async (count, how) => {
      await undisturbed(`a stranger holds ${count} connections (${how})`, [VIP, NEAR.address], async () => {
        const hold = [process.execPath, HOLDER, addressesOf(troubled).v4, `${port}`, `${count}`, how].map((word) => `'${word}'`).join(' ');
        await lab.exec(CLIENT, ['sh', '-c', `sleep ${HOLD_SECONDS} | ${hold}`], { timeoutMs: HOLD_SECONDS * 1000 + 60_000 });
        await settled(lab);
      });
    });

    it.each<[string, Readonly<Record<string, string>>]>([
      ['a few', { garp_master_refresh: '60' }],
      ['many', { garp_master_refresh: '1', garp_master_refresh_repeat: '100' }],
    ])('misses nothing beside a tenant whose lines ask for %s gratuitous ARPs of 200 addresses', async (what, lines) => {
      const addresses = Array.from({ length: 200 }, (_, index) => `198.51.100.${index + 1}`);
      const { metadata, ...rest } = service('loud', ...addresses);
      const annotations = { ...metadata.annotations, [SERVICE_ANNOTATIONS.verbatim]: JSON.stringify(lines) };
      await undisturbed(`lines ask for ${what} gratuitous ARPs`, [VIP, NEAR.address], async () => {
        await lab.apply({ ...rest, metadata: { ...metadata, namespace: TENANT, annotations } });
        await lab.waitFor(
          'the addresses are carried',
          async () => (await lab.holders(addresses.at(-1) ?? '')).length === 1 || undefined,
          60_000,
        );
        await lab.exec(CLIENT, ['sleep', `${LOUD_SECONDS}`]);
        await lab.kubectl(['delete', 'service', '-n', TENANT, 'loud']);
        await settled(lab);
      });
    });

    // Last, because a node that was lost may take its addresses back only minutes later.
    it('misses nothing when keepalived of another node stops; what that one had goes to another node, and the group says why', async () => {
      const before = await movesOf(lab, NEAR.address);
      await undisturbed('keepalived of another node stops', [VIP], async () => {
        await lab.signal(troubled, 'keepalived', 'STOP');
        await told('UpToDate', (message) => message.includes(troubled) && message.includes('runs and answers nothing'));
        await lab.waitFor(`${NEAR.address} went elsewhere`, async () => (await movesSince(lab, NEAR.address, before)).at(-1), 60_000);
        await settled(lab, 180_000);
      });
    });
  },
);

// --- internal ---

/** Takes a port of an address as soon as it is free, and gives it back after some seconds: PORT ADDRESS SECONDS. */
const TAKE_NAME = 'takes-the-port';
const TAKE = `process.title = '${TAKE_NAME}';
const [port, host, seconds] = process.argv.slice(1);
const take = () => require('net').createServer().on('error', () => setTimeout(take, 5)).listen({ port, host }, () => setTimeout(process.exit, seconds * 1000, 0));
take();`;

/** Whether a program with this title runs on the node. */
const processes = async (title: string): Promise<boolean> =>
  (await lab.exec(troubled, ['sh', '-c', `grep --quiet --no-messages ${title} /proc/[0-9]*/comm`], { allowFailure: true })).code === 0;

const restartsOf = async (name: string): Promise<number> =>
  (await podOn(lab, troubled)).status.containerStatuses.find((one) => one.name === name)?.restartCount ?? 0;

interface Told {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

/** Waits until a condition of the group is False and says this. */
const told = (type: string, says: (message: string) => boolean): Promise<true> =>
  lab.waitFor(
    `the condition ${type} says so`,
    async () => {
      const conditions: readonly Told[] = JSON.parse(
        await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'jsonpath={.status.conditions}']),
      );
      const one = conditions.find((each) => each.type === type);
      if (one?.status !== 'False' || !says(one.message)) throw new Error(`it is ${one?.status}: ${one?.message}`);
      return true as const;
    },
    60_000,
  );

/** Does it while a client asks the addresses every 10 ms: none misses an answer, and none moves. */
async function undisturbed(what: string, addresses: readonly string[], happens: () => Promise<void>): Promise<void> {
  const before = new Map<string, readonly MoveRecord[]>();
  for (const address of addresses) before.set(address, await movesOf(lab, address));
  const probes = await Promise.all(addresses.map((address) => lab.probe(address)));
  const [outcome] = await Promise.allSettled([happens()]);
  const results = await Promise.all(probes.map((probe) => probe.stop()));
  if (outcome?.status === 'rejected') throw outcome.reason;
  const moves = await Promise.all(addresses.map((address) => movesSince(lab, address, before.get(address) ?? [])));
  const lost = results.map(({ sent, received }) => sent - received);
  figures.push(`  ${what}: ${results.map(({ sent }, index) => `${lost[index]} of ${sent}`).join(', ')} lost, ${moves.flat().length} moves`);
  expect(results.every(({ sent }) => sent > 0)).toBe(true);
  expect({ lost, moves: moves.flat() }).toEqual({ lost: addresses.map(() => 0), moves: [] });
}
