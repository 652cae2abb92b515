/** externalTrafficPolicy Local: the VIP is where ready endpoints are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import {
  firstAnswer,
  GROUP,
  labUnderTest,
  NAMESPACE,
  page,
  plugin,
  serviceOf,
  settled,
  soleHolder,
  VIP,
  webServerOn,
  whyNoLab,
} from './lab-under-test.ts';
import { movesOf } from './moves.ts';

const ADDRESS = '192.0.2.206';
const NAME = 'local';
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a Service with policy Local${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service,pod', '-n', NAMESPACE, '-l', `test=${NAME}`, '--now', '--ignore-not-found']);
    await settled(lab);
  });

  it('has its address on the node of its only endpoint, whichever that is, and moves with it', async () => {
    await lab.apply(loadBalancer);
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: ADDRESS }] } } });
    await lab.kubectl(['patch', 'service', '-n', NAMESPACE, NAME, '--subresource=status', '--type=merge', `--patch=${status}`]);
    const took: string[] = [];
    for (const node of [...lab.nodes, ...lab.nodes.slice(0, 1)]) took.push(`${node} ${await follows(node)} ms`);
    console.log(`endpoint ready to its node holds the address: ${took.join(', ')}`);
    const [last] = await movesOf(lab, ADDRESS);
    expect(last?.cause, JSON.stringify(last)).toBe('HealthLost');
  });

  it('says that no node has an endpoint while that is so, keeps its address on one node, and answers when there is one again', async () => {
    await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, '-l', `test=${NAME}`, '--now']);
    await conditionIs('False');
    const explained = await plugin(lab, ['explain', `service/${NAMESPACE}/${NAME}`]);
    expect(explained).toContain(`EndpointsReady False: no node of the group has a ready endpoint of ${NAMESPACE}/${NAME}`);
    expect(lab.nodes).toContain(await soleHolder(lab, ADDRESS));
    await follows(lab.nodes[1] ?? '');
    await conditionIs('True');
  });

  it('has its address on the node of its only endpoint also where a group does not preempt', async () => {
    try {
      await preempt(false);
      for (const node of lab.nodes.slice(0, 2)) await follows(node);
    } finally {
      await preempt(true);
      await settled(lab);
    }
  });

  it(`with endpoints on every node answers at once when it gets an address; a new one may take longer, ${ROUNDS} times`, async () => {
    for (const node of lab.nodes) await lab.apply(endpointOn(node));
    await lab.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s', 'pod', '-l', `test=${NAME}`]);
    const [known, fresh]: number[][] = [[], []];
    for (let index = 0; index < ROUNDS; index++) {
      await lab.apply(another(`${NAME}-known-${index}`));
      await lab.waitFor('kube-proxy says on every node that it has endpoints', () => isHealthy(`${NAME}-known-${index}`), 30_000);
      known?.push(await untilAnswer(`${NAME}-known-${index}`, `192.0.2.${220 + index}`));
      fresh?.push(await untilAnswer(`${NAME}-new-${index}`, `192.0.2.${230 + index}`));
    }
    console.log(
      `kubectl apply done to the first answer: ${known?.join(', ')} ms for a Service that was there, ${fresh?.join(', ')} ms for a new one`,
    );
    expect(known?.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]).toBeLessThan(2500);
  });

  it.each([
    ['policy Local', 'is killed', 'KILL', ADDRESS],
    ['policy Cluster', 'stands still', 'STOP', VIP],
  ] as const)(
    'with %s has its address on another node while kube-proxy of its node %s, and on the first of its order once that works',
    async (_, what, signal, address) => {
      const owner = await soleHolder(lab, address);
      await lab.signal(owner, 'kube-proxy', signal);
      const since = performance.now();
      try {
        await lab.waitFor(`${address} left ${owner}`, async () => (await soleHolder(lab, address)) !== owner || undefined, 60_000);
        console.log(`kube-proxy of the owner of ${address} ${what}: on another node after ${Math.round(performance.now() - since)} ms`);
        await page(lab, address);
      } finally {
        await lab.signal(owner, 'kube-proxy', 'CONT');
        await lab.restart(owner);
      }
      await settled(lab);
    },
  );
});

// --- internal ---

const ROUNDS = 5;

/** Has the Service's only endpoint on a node. Resolves when the address is there and the page comes from it, with the milliseconds since the pod was Ready. */
async function follows(node: HostName): Promise<number> {
  await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, '-l', `test=${NAME}`, '--now', '--ignore-not-found']);
  await lab.apply(endpointOn(node));
  await lab.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s', `pod/${NAME}-${node}`]);
  const ready = performance.now();
  await lab.waitFor(`${ADDRESS} is on ${node}`, async () => (await soleHolder(lab, ADDRESS)) === node || undefined, 30_000);
  const took = Math.round(performance.now() - ready);
  const patiently = ['--silent', '--fail', '--max-time', '2', '--retry', '3', '--retry-all-errors'];
  expect((await lab.exec('client', ['curl', ...patiently, `http://${ADDRESS}/`])).stdout).toContain(node);
  return took;
}

const conditionIs = (status: 'True' | 'False'): Promise<true> =>
  lab.waitFor(
    `EndpointsReady of ${ADDRESS} is ${status}`,
    async () => {
      const path = 'jsonpath={.status.conditions[?(@.type=="EndpointsReady")].status}';
      return (await lab.kubectl(['get', 'virtualip', virtualIPName(ADDRESS), '-o', path])) === status || undefined;
    },
    30_000,
  );

/** Has all nodes run the group with the setting, or with the default. */
async function preempt(isOn: boolean): Promise<void> {
  const patch = JSON.stringify({ spec: { vrrp: { preempt: isOn ? null : false } } });
  await lab.kubectl(['patch', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '--type=merge', '-p', patch]);
  await lab.waitFor(
    'every node runs the group as it is now',
    async () => {
      const { metadata, status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
      const { observedGeneration, conditions } = status;
      const isUpToDate = conditions.some((one: { type: string; status: string }) => one.type === 'UpToDate' && one.status === 'True');
      return (observedGeneration === metadata.generation && isUpToDate) || undefined;
    },
    60_000,
  );
}

/** Another Service with policy Local for the pods that are there. */
const another = (name: string, ...externalIPs: string[]) => {
  const one = serviceOf('vips', name, externalIPs);
  return { ...one, metadata: { ...one.metadata, labels: { test: NAME } }, spec: { ...loadBalancer.spec, externalIPs } };
};

/** Milliseconds from the API accepting that the Service has the address to its first answer; one node has it then. */
async function untilAnswer(name: string, address: string): Promise<number> {
  const answer = firstAnswer(lab, address);
  await lab.apply(another(name, address));
  const accepted = Date.now();
  const took = Math.round((await answer) - accepted);
  expect(lab.nodes).toContain(await soleHolder(lab, address));
  return took;
}

async function isHealthy(name: string): Promise<true | undefined> {
  const port = await lab.kubectl(['get', 'service', '-n', NAMESPACE, name, '-o', 'jsonpath={.spec.healthCheckNodePort}']);
  const ask = ['curl', '--silent', '--fail', '--max-time', '1', `http://127.0.0.1:${port}/healthz`];
  const answers = await Promise.all(lab.nodes.map((node) => lab.exec(node, ask, { allowFailure: true })));
  return answers.every(({ code }) => code === 0) || undefined;
}

const base = serviceOf('vips', NAME, []);
const loadBalancer = {
  ...base,
  metadata: { ...base.metadata, labels: { test: NAME } },
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { test: NAME }, ports: [{ port: 80, targetPort: 8080 }] },
};

/** A web server on a node that says the node's name. */
const endpointOn = (node: HostName) => webServerOn(node, `${NAME}-${node}`, { test: NAME }, node);
