/** externalTrafficPolicy Local: the VIP is where ready endpoints are (D13). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { firstAnswer, labUnderTest, NAMESPACE, serviceOf, settled, soleHolder, whyNoLab } from './lab-under-test.ts';

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
    for (const node of [...lab.nodes, ...lab.nodes.slice(0, 1)]) {
      await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, '-l', `test=${NAME}`, '--now', '--ignore-not-found']);
      await lab.apply(endpointOn(node));
      await lab.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s', `pod/${NAME}-${node}`]);
      const ready = performance.now();
      await lab.waitFor(`${ADDRESS} is on ${node}`, async () => ((await soleHolder(lab, ADDRESS)) === node ? true : undefined), 30_000);
      took.push(`${node} ${Math.round(performance.now() - ready)} ms`);
      const { stdout } = await lab.exec('client', [
        'curl',
        '--silent',
        '--fail',
        '--max-time',
        '2',
        '--retry',
        '3',
        '--retry-all-errors',
        `http://${ADDRESS}/`,
      ]);
      expect(stdout).toContain(node);
    }
    console.log(`endpoint ready to its node holds the address: ${took.join(', ')}`);
  });

  it(`answers at once when it is new and has endpoints on every node, ${ROUNDS} times`, async () => {
    for (const node of lab.nodes) await lab.apply(endpointOn(node));
    await lab.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s', 'pod', '-l', `test=${NAME}`]);
    const took: number[] = [];
    for (let index = 0; index < ROUNDS; index++) {
      const address = `192.0.2.${220 + index}`;
      const answer = firstAnswer(lab, address);
      await lab.apply(fresh(index, address));
      const accepted = Date.now();
      took.push(Math.round((await answer) - accepted));
      expect(lab.nodes).toContain(await soleHolder(lab, address));
    }
    console.log(`kubectl apply done to the first answer: ${took.join(', ')} ms`);
    expect(took.toSorted((a, b) => a - b)[ROUNDS / 2]).toBeLessThan(2500);
  });

  it('keeps its address on one node when there is no endpoint at all', async () => {
    await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, '-l', `test=${NAME}`, '--now']);
    const holder = await soleHolder(lab, ADDRESS);
    expect(lab.nodes).toContain(holder);
  });
});

// --- internal ---

const ROUNDS = 6;

/** A new Service with policy Local and an address of its own, for the pods that are there. */
const fresh = (index: number, address: string) => {
  const one = serviceOf('vips', `${NAME}-${index}`, [address]);
  return { ...one, metadata: { ...one.metadata, labels: { test: NAME } }, spec: { ...loadBalancer.spec, externalIPs: [address] } };
};

const base = serviceOf('vips', NAME, []);
const loadBalancer = {
  ...base,
  metadata: { ...base.metadata, labels: { test: NAME } },
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { test: NAME }, ports: [{ port: 80, targetPort: 8080 }] },
};

/** A web server on a node that says the node's name. */
const endpointOn = (node: HostName) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${NAME}-${node}`, namespace: NAMESPACE, labels: { test: NAME } },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'web',
        image: 'docker.io/library/busybox:stable',
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', `mkdir /tmp/www && echo ${node} >/tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www`],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
});
