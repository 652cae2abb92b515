/** Addresses that are moved on purpose by the plugin: one after the other, each waited for, taken back when one fails. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { type RunResult, run } from '../../lab/machine/run.ts';
import type { Probe } from '../../lab/probe/probe.ts';
import { DRAIN_ANNOTATION, EXCLUDE_NODE_LABEL, PREFERRED_NODES_ANNOTATION, UNDO_ANNOTATION } from '../../src/api/names.ts';
import { GROUP, labUnderTest, lossText, lossWhile, NAMESPACE, prefer, service, settled, soleHolder, whyNoLab } from './lab-under-test.ts';
import { movesOf } from './moves.ts';

/** `MOVED=30` for the long form, some minutes. */
const COUNT = Number(process.env.MOVED ?? 10);
const names = Array.from({ length: COUNT }, (_, index) => `planned-${index}`);
const addresses = names.map((_, index) => `192.0.2.${110 + index}`);
/** Rarer than elsewhere: so many probes at the usual pace would be the load. */
const EVERY_MS = 50;

let lab: Lab;
let from: HostName;
let others: readonly HostName[];

describe.skipIf(whyNoLab !== undefined)(`planned moves${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    [from = '' as HostName, ...others] = lab.nodes;
    for (const [index, name] of names.entries()) await lab.apply(service(name, addresses[index] ?? ''));
    await prefer(lab, Object.fromEntries(names.map((name) => [`${NAMESPACE}/${name}`, from])));
    await settled(lab, 180_000);
    expect(await holders()).toEqual(addresses.map(() => from));
  });
  afterAll(async () => {
    await lab.heal(others.at(-1) ?? from);
    await lab.kubectl(['annotate', 'node', from, `${DRAIN_ANNOTATION}-`, `${UNDO_ANNOTATION}-`]);
    await lab.kubectl(['annotate', 'keepalivedgroup', '-n', NAMESPACE, GROUP, `${PREFERRED_NODES_ANNOTATION}-`]);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...names, '--ignore-not-found']);
    await settled(lab, 180_000);
  });

  it(`drain moves ${COUNT} addresses one after the other, each of them always answers, and undrain moves them back`, async () => {
    const drained = await probed(() => plugin(['drain', from]));
    console.log(`drain of ${COUNT} addresses, one at a time: ${drained.text}`);
    expect(drained.result.code, drained.result.stderr).toBe(0);
    expect(orderOf(drained.result.stdout)).toEqual([...addresses].sort(byRouter));
    expect(await holders()).not.toContain(from);
    expect(drained.lost).toBeLessThanOrEqual(COUNT);

    const back = await probed(() => plugin(['undrain', from, '--at-once', '5']));
    console.log(`undrain of ${COUNT} addresses, five at a time: ${back.text}`);
    expect(back.result.code, back.result.stderr).toBe(0);
    expect(await holders()).toEqual(addresses.map(() => from));
    expect(back.lost).toBeLessThanOrEqual(COUNT);
    const causes = async (): Promise<true | undefined> =>
      (await movesOf(lab, addresses[0] ?? '')).some((move) => move.from === from && move.cause === 'Drained') || undefined;
    await lab.waitFor(`the journal says that ${from} was drained`, causes, 30_000);
    await settled(lab);
  }, 900_000);

  it('move takes one address to a node and back to its preferred node, and leaves the others', async () => {
    const [address = '', bystander = ''] = addresses;
    const to = others[0] ?? from;
    let moved: RunResult | undefined;
    const beside = await lossWhile(lab, bystander, async () => {
      const loss = await lossWhile(lab, address, async () => {
        moved = await plugin(['move', address, '--to', to]);
      });
      console.log(`move of an address: ${lossText(loss)}; one beside it: see below`);
      expect(loss.lost).toBeLessThanOrEqual(1);
    });
    console.log(`an address beside it: ${lossText(beside)}`);
    expect(moved?.code, moved?.stderr).toBe(0);
    expect(await soleHolder(lab, address)).toBe(to);
    expect(beside.lost).toBe(0);
    expect((await plugin(['move', address, '--to', from])).code).toBe(0);
    expect(await soleHolder(lab, address)).toBe(from);
    expect((await plugin(['move', address, '--to', 'nowhere'])).code).toBe(1);
  }, 300_000);

  it('rebalance gives a node that had nothing its share, and the addresses that move answer', async () => {
    const [late = from] = others;
    const some = Array.from({ length: 6 }, (_, index) => ({ name: `even-${index}`, address: `192.0.2.${170 + index}` }));
    await lab.kubectl(['label', 'node', late, `${EXCLUDE_NODE_LABEL}=`]);
    for (const { name, address } of some) await lab.apply(service(name, address));
    await settled(lab, 120_000);
    await lab.kubectl(['label', 'node', late, `${EXCLUDE_NODE_LABEL}-`]);
    await settled(lab);
    const shown = await plugin(['rebalance', '--dry-run']);
    expect(shown.stdout).toMatch(new RegExp(`-> ${late}$`, 'm'));
    const loss = await lossWhile(lab, some[0]?.address ?? '', async () => {
      const { code, stdout, stderr } = await plugin(['rebalance', `${NAMESPACE}/${GROUP}`]);
      console.log(stdout);
      expect(code, stderr).toBe(0);
    });
    expect(loss.lost).toBeLessThanOrEqual(1);
    const now = await Promise.all(some.map(({ address }) => soleHolder(lab, address)));
    expect(now).toContain(late);
    expect((await plugin(['rebalance'])).stdout).toBe('the addresses are even already\n');
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...some.map(({ name }) => name)]);
    await settled(lab);
  }, 300_000);

  it('a drain is undone when the node that addresses move to loses its power', async () => {
    const target = others.at(-1) ?? from;
    let off: Promise<void> | undefined;
    const started = performance.now();
    const { code, stdout, stderr } = await plugin(['drain', from, '--at-once', '3', '--timeout', '20'], (line) => {
      if (line.startsWith('[ 1/')) off ??= lab.fail(target, 'power-off');
    });
    await off;
    console.log(`drain that failed, ${Math.round((performance.now() - started) / 1000)} s:\n${stdout}${stderr}`);
    expect(code).toBe(2);
    expect(stderr).toContain(`${from} is not drained`);
    await lab.waitFor(
      `all addresses are on ${from} again`,
      async () => {
        const found = await Promise.all(addresses.map(async (address) => [address, await lab.holders(address)] as const));
        const away = found.filter(([, hosts]) => !hosts.includes(from));
        if (away.length === 0) return true as const;
        throw new Error(`${away.map(([address, hosts]) => `${address} on ${hosts.join('+')}`).join(', ')}; ${await whatIsTold()}`);
      },
      60_000,
    );
    const { metadata } = JSON.parse(await lab.kubectl(['get', 'node', from, '-o', 'json']));
    expect(Object.keys(metadata.annotations)).not.toContain(DRAIN_ANNOTATION);
    await lab.heal(target);
    await settled(lab, 180_000);
    expect(await holders()).toEqual(addresses.map(() => from));
  }, 600_000);
});

// --- internal ---

const PLUGIN = join(import.meta.dirname, '../../bin/kubectl-keepalived');

/** Also where it fails: the status is what is asked about. */
const plugin = (words: readonly string[], onLine: (line: string) => void = () => {}): Promise<RunResult> =>
  run([PLUGIN, ...words, '--kubeconfig', lab.kubeconfig], { timeoutMs: 600_000, allowFailure: true, onLine });

/** What the group asks for and complains of, for a failure that needs to be understood. */
async function whatIsTold(): Promise<string> {
  const { metadata, status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
  const untrue = status.conditions.filter(({ status: is }: { status: string }) => is !== 'True');
  return `preferred: ${metadata.annotations?.[PREFERRED_NODES_ANNOTATION]}; ${untrue.map((one: { message: string }) => one.message).join('; ')}`;
}

const holders = (): Promise<HostName[]> => Promise.all(addresses.map((address) => soleHolder(lab, address)));

/** What all addresses lost while something happened, together. */
async function probed(happens: () => Promise<RunResult>) {
  const probes: Probe[] = [];
  for (const address of addresses) probes.push(await lab.probe(address, { everyMs: EVERY_MS }));
  const started = performance.now();
  const result = await happens();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const found = await Promise.all(probes.map((probe) => probe.stop()));
  const sent = found.reduce((sum, one) => sum + one.sent, 0);
  const lost = found.reduce((sum, one) => sum + one.sent - one.received, 0);
  const longestMs = Math.max(0, ...found.flatMap(({ gaps }) => gaps.map(({ lengthMs }) => lengthMs)));
  return { result, lost, text: `${seconds} s, ${lossText({ sent, lost, longestMs })}` };
}

const orderOf = (stdout: string): string[] =>
  [...stdout.matchAll(/^\[ *\d+\/\d+\] (\S+):/gm)].map(([, address = '']) => address).filter((address) => addresses.includes(address));

/** The plugin goes by the name of the virtual router, as a text. */
const nameOf = (address: string): string => names[addresses.indexOf(address)] ?? '';
const byRouter = (a: string, b: string): number => (nameOf(a) < nameOf(b) ? -1 : 1);
