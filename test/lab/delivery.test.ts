/** Time from the API accepting a Service's external IP to every node's running keepalived having it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { labUnderTest, NAMESPACE, reportOf, service, settled, whyNoLab } from './lab-under-test.ts';

const ROUNDS = 10;
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`delivery of a new external IP${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'delivered', '--ignore-not-found']);
    await settled(lab);
  });

  it(`reaches the running keepalived of every node, ${ROUNDS} times`, async () => {
    const milliseconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const address = `192.0.2.${210 + round}`;
      await lab.apply(service('delivered', address));
      const accepted = performance.now();
      await Promise.all(lab.nodes.map((node) => runsOn(node, address)));
      milliseconds.push(performance.now() - accepted);
    }
    milliseconds.sort((a, b) => a - b);
    const [median, worst] = [milliseconds[ROUNDS / 2] ?? Number.NaN, milliseconds.at(-1) ?? Number.NaN];
    console.log(`delivery to ${lab.nodes.length} nodes: median ${Math.round(median)} ms, worst ${Math.round(worst)} ms of ${ROUNDS}`);
    await settled(lab);
    expect(worst).toBeLessThan(10_000);
  });
});

// --- internal ---

/** Waits until the node's agent reports, from the daemon's own dump, an instance that carries the address. */
const runsOn = (node: string, address: string): Promise<true> =>
  lab.waitFor(
    `keepalived on ${node} runs ${address}`,
    async () => ((await reportOf(lab, node))?.instances.some(({ addresses }) => addresses.includes(address)) ? true : undefined),
    20_000,
  );
