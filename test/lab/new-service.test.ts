/** From the API accepting a new Service of a group that runs to its address answering the client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { firstAnswer, labUnderTest, NAMESPACE, service, settled, soleHolder, whyNoLab } from './lab-under-test.ts';

const ROUNDS = 50;
const names = Array.from({ length: ROUNDS }, (_, index) => `new-${index}`);
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a new Service${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...names, '--ignore-not-found']);
    await settled(lab);
  });

  it(`answers on the wire, ${ROUNDS} times`, async () => {
    const took: number[] = [];
    for (const [index, name] of names.entries()) {
      const address = `192.0.2.${100 + index}`;
      const answer = firstAnswer(lab, address);
      await lab.apply(service(name, address));
      const accepted = Date.now();
      took.push((await answer) - accepted);
      expect(lab.nodes).toContain(await soleHolder(lab, address));
    }
    await settled(lab);
    took.sort((a, b) => a - b);
    const [median = Number.NaN, worst = Number.NaN] = [took[ROUNDS / 2], took.at(-1)];
    console.log(`kubectl apply done to the first answer: median ${Math.round(median)} ms, worst ${Math.round(worst)} ms of ${ROUNDS}`);
    expect(worst).toBeLessThan(5000);
  });
});
