/** Services that come, change and go disturb no other VIP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { Load } from '../../lab/machine/load.ts';
import { atHome, labUnderTest, NAMESPACE, reportOf, service, settled, whyNoLab } from './lab-under-test.ts';

/** Services that change, one after the other: so many, and for so long. `MINUTES=30 BUSY=8` for the long form, with as many busy processes. */
const CHANGES = Number(process.env.CHANGES ?? 12);
const MINUTES = Number(process.env.MINUTES ?? 0);
const BUSY = Number(process.env.BUSY ?? 0);
/** Milliseconds for all of them. */
const LIMIT = 120_000 + CHANGES * 12_000 + MINUTES * 60_000;
const UNTOUCHED = 20;
const untouched = Array.from({ length: UNTOUCHED }, (_, index) => ({ name: `kept-${index}`, address: `192.0.2.${100 + index}` }));
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`VIPs that nobody touches${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await lab.apply(list(untouched.map(({ name, address }) => service(name, address))));
    await settled(lab);
    await atHome(lab);
  }, 700_000);
  afterAll(async () => {
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...untouched.map(({ name }) => name), 'changing', '--ignore-not-found']);
    await settled(lab);
  });

  it(
    `lose no packet and change no state while ${MINUTES > 0 ? '' : `${CHANGES} `}Services are added, changed and removed${MINUTES > 0 ? ` for ${MINUTES} minutes` : ''}${BUSY > 0 ? `, beside ${BUSY} busy processes` : ''}`,
    async () => {
      using _ = new Load(BUSY);
      const before = await transitions();
      const probes = await Promise.all(untouched.map(({ address }) => lab.probe(address)));
      const ends = performance.now() + MINUTES * 60_000;
      let index = 0;
      for (; index < CHANGES || performance.now() < ends; index++) {
        const address = addressOf('198.51.100', index);
        await lab.apply(service('changing', address));
        await lab.waitFor(`a node holds ${address}`, async () => ((await lab.holders(address)).length === 1 ? true : undefined), 30_000);
        await lab.apply(service('changing', address, addressOf('203.0.113', index)));
        await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'changing']);
        await lab.waitFor(`no node holds ${address}`, async () => ((await lab.holders(address)).length === 0 ? true : undefined), 30_000);
      }
      const results = await Promise.all(probes.map((probe) => probe.stop()));
      const sent = results.reduce((sum, one) => sum + one.sent, 0);
      const lost = results.reduce((sum, one) => sum + one.sent - one.received, 0);
      const changed = (await transitions()) - before;
      console.log(
        `${UNTOUCHED} VIPs while ${index} Services came, changed and went: ${lost} of ${sent} packets lost, ${changed} transitions`,
      );
      expect(sent).toBeGreaterThan(index * UNTOUCHED * 10);
      expect({ lost, changed }).toEqual({ lost: 0, changed: 0 });
    },
    LIMIT,
  );
});

// --- internal ---

/** Of networks for documentation, RFC 5737, which the lab has no use for; each once in 250 Services. */
const addressOf = (network: '198.51.100' | '203.0.113', index: number): string => `${network}.${1 + (index % 250)}`;

const list = (items: readonly object[]): object => ({ apiVersion: 'v1', kind: 'List', items });

/** Of the instances that nobody touches, on all nodes, as their agents have seen them. */
async function transitions(): Promise<number> {
  const texts = await Promise.all(lab.nodes.map((node) => lab.exec(node, ['curl', '--silent', '--fail', 'http://127.0.0.1:9650/metrics'])));
  const lines = texts.flatMap(({ stdout }) => stdout.split('\n'));
  const counts = lines.filter((line) => line.startsWith(`keepalived_instance_transitions_total{name="${NAMESPACE}/kept-`));
  expect(counts).toHaveLength(UNTOUCHED * lab.nodes.length);
  expect(await reportOf(lab, lab.nodes[0] ?? 'node1')).toMatchObject({ problems: [] });
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
