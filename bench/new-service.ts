/** How soon a new Service is there: in the keepalived of every node, and for a client. */
import type { Lab } from '../lab/lab.ts';
import { LOAD_BALANCER_CLASS } from '../src/api/names.ts';
import { Given } from '../test/lab/given.ts';
import { firstAnswer, GROUP, NAMESPACE, page, reportOf, service, serviceOf, settled } from '../test/lab/lab-under-test.ts';
import { inLab } from './in-lab.ts';
import type { Effort, Measurement, Sample } from './measurement.ts';

export const delivery: Measurement = {
  name: 'delivery',
  title: 'From the API to every node',
  about:
    'A Service gets another external IP: from the end of `kubectl apply` until the running keepalived of each of three nodes has it, as its own dump says.',
  needs: 'lab',
  samples: (effort) => inLab(effort.progress, (lab) => delivered(lab, effort)),
};

export const newService: Measurement = {
  name: 'new-service',
  title: 'A new Service',
  about:
    'From the end of `kubectl apply` until the address answers a client that asks every 10 ms: of a Service with an external IP, and of one that gets its address of a pool. Of the latter also until it shows the address, and until the client has the page behind it.',
  needs: 'lab',
  samples: (effort) => inLab(effort.progress, (lab) => answered(lab, effort)),
};

// --- internal ---

/** Addresses that the lab's network has for each of the two. */
const MOST_ROUNDS = 50;
const POOL = 'new-services';
const BALANCER = {
  ...{ type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS },
  ...{ selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};

const milliseconds = (of: string, value: number): Sample => ({ of, unit: 'ms', value });

async function* delivered(lab: Lab, { repeats, say }: Effort): AsyncGenerator<Sample> {
  await settled(lab);
  for (let round = 0; round < Math.min(repeats, MOST_ROUNDS); round++) {
    say(`${round + 1} of ${repeats}`);
    const address = `192.0.2.${100 + round}`;
    await lab.apply(service('delivered', address));
    const accepted = performance.now();
    await Promise.all(lab.nodes.map((node) => runsOn(lab, node, address)));
    yield milliseconds('in the keepalived of every node', performance.now() - accepted);
  }
}

const runsOn = (lab: Lab, node: Lab['nodes'][number], address: string): Promise<true> =>
  lab.waitFor(
    `keepalived on ${node} runs ${address}`,
    async () => ((await reportOf(lab, node))?.instances.some(({ addresses }) => addresses.includes(address)) ? true : undefined),
    20_000,
  );

async function* answered(lab: Lab, { repeats, say }: Effort): AsyncGenerator<Sample> {
  await settled(lab);
  const rounds = Math.min(repeats, MOST_ROUNDS);
  for (let round = 0; round < rounds; round++) {
    say(`with an external IP, ${round + 1} of ${rounds}`);
    const address = `192.0.2.${100 + round}`;
    const answer = firstAnswer(lab, address);
    await lab.apply(serviceOf(GROUP, `new-${round}`, [address]));
    const accepted = Date.now();
    yield milliseconds('external IP answers', (await answer) - accepted);
  }
  const spec = { group: `${NAMESPACE}/${GROUP}`, addresses: ['192.0.2.150-192.0.2.199'] };
  await lab.apply({ apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'AddressPool', metadata: { name: POOL }, spec });
  using given = new Given(lab);
  for (let round = 0; round < rounds; round++) {
    say(`of a pool, ${round + 1} of ${rounds}`);
    const name = `pooled-${round}`;
    await lab.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: NAMESPACE }, spec: BALANCER });
    const accepted = Date.now();
    const { address, at } = await given.to(name);
    const [answer, led] = await Promise.all([firstAnswer(lab, address), page(lab, address).then(() => Date.now())]);
    yield milliseconds('address of a pool is shown', at - accepted);
    yield milliseconds('address of a pool answers', answer - accepted);
    yield milliseconds('the page behind it is there', led - accepted);
  }
}
