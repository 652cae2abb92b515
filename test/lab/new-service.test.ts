/** From the API accepting a new Service to its address answering the client: one with external IPs, and one that gets its address of a pool. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { LOAD_BALANCER_CLASS } from '../../src/api/names.ts';
import { Given } from './given.ts';
import { firstAnswer, GROUP, labUnderTest, NAMESPACE, page, service, settled, soleHolder, whyNoLab } from './lab-under-test.ts';

const ROUNDS = 50;
/** `POOLED=50` for figures. */
const POOLED = Number(process.env.POOLED ?? 5);
const POOL = 'new-services';
const pooled = Array.from({ length: POOLED }, (_, index) => `pooled-${index}`);
const names = Array.from({ length: ROUNDS }, (_, index) => `new-${index}`);
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a new Service${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...names, ...pooled, '--ignore-not-found']);
    await lab.kubectl(['delete', 'addresspool', POOL, '--ignore-not-found']);
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

  it(`gets an address of a pool that answers and leads to the page, ${POOLED} times`, async () => {
    const apiVersion = 'redhatcop.redhat.io/v1alpha1';
    const spec = { group: `${NAMESPACE}/${GROUP}`, addresses: ['192.0.2.150-192.0.2.199'] };
    await lab.apply({ apiVersion, kind: 'AddressPool', metadata: { name: POOL }, spec });
    const [shown, answers, leads]: [number[], number[], number[]] = [[], [], []];
    using given = new Given(lab);
    for (const name of pooled) {
      await lab.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: NAMESPACE }, spec: BALANCER });
      const accepted = Date.now();
      const { address, at } = await given.to(name);
      shown.push(at - accepted);
      const [answer, led] = await Promise.all([firstAnswer(lab, address), page(lab, address).then(() => Date.now())]);
      answers.push(answer - accepted);
      leads.push(led - accepted);
    }
    const figures = { 'the address on the Service': shown, 'the first answer': answers, 'the page': leads };
    for (const [what, took] of Object.entries(figures)) {
      const sorted = took.toSorted((a, b) => a - b).map(Math.round);
      console.log(`kubectl apply done to ${what}: median ${sorted[Math.floor(POOLED / 2)]} ms, worst ${sorted.at(-1)} ms of ${POOLED}`);
    }
    expect(Math.max(...answers)).toBeLessThan(5000);
  });
});

// --- internal ---

const BALANCER = {
  ...{ type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS },
  ...{ selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};
