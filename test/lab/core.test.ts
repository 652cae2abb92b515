/**
 * What every data plane of kube-proxy must carry: a page over IPv4 and IPv6, a failover, policy Local, an address that two Services share.
 * The lab changes its mode for each.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PROXY, hasMode, PROXY_MODES } from '../../lab/cluster/proxy.ts';
import { readState } from '../../lab/cluster/state.ts';
import { addressesOf, CLIENT, type HostName } from '../../lab/hosts/address.ts';
import { VERSION } from '../../lab/kubernetes/kubernetes.ts';
import type { Lab } from '../../lab/lab.ts';
import { LAB_NAME, labUnderTest, NAMESPACE, page, serviceOf, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const VIP_6 = '2001:db8::c9';
/** Of Services with policy Local: of one family each, and of both. */
const LOCAL = { v4: '192.0.2.209', v6: '2001:db8::ca', both: ['192.0.2.218', '2001:db8::cb'] } as const;
const SHARED = '192.0.2.219';
const LABELS = { test: 'core' };
/** Milliseconds without an answer after which a failover has not worked: eight adverts of 100 ms and the skew are 0.9 s, and the machine is busy. */
const LONGEST = 3000;

/** What the lab runs, before it is opened. */
const running = readState(LAB_NAME)?.kubernetes ?? { version: VERSION };
const figures: string[] = [];
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`kube-proxy in either mode${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    await lab.apply(webOverIPv6);
    for (const one of localWebs) await lab.apply(one);
  });
  afterAll(async () => {
    await lab.setProxy(DEFAULT_PROXY);
    await lab.kubectl(['delete', 'service,pod', '-n', NAMESPACE, '-l', 'test=core', '--now', '--ignore-not-found']);
    await settled(lab);
    console.log(['', 'What the client missed, opening a connection every 20 ms:', ...figures, ''].join('\n'));
  });

  describe.each(PROXY_MODES.filter((mode) => hasMode(mode, running)))('%s', (mode) => {
    beforeAll(() => lab.setProxy({ mode }));

    it('is what every node runs, and an address stays where it was', async () => {
      const owner = await soleHolder(lab, VIP);
      await lab.waitFor('every kube-proxy is in its mode', () => everyNodeSays(mode), 30_000);
      await settled(lab);
      expect(await soleHolder(lab, VIP)).toBe(owner);
    });

    it.each([
      ['IPv4', VIP],
      ['IPv6', `[${VIP_6}]`],
    ])('the page comes over %s', async (_, address) => {
      expect(await page(lab, address)).toContain('keepalived');
    });

    it.each([
      ['IPv4', VIP, VIP],
      ['IPv6', VIP_6, `[${VIP_6}]`],
    ])('the page comes from another node over %s when the owner loses power', async (family, address, inUrl) => {
      const owner = await soleHolder(lab, address);
      const probe = await lab.probe(address, { everyMs: 20, port: 80 });
      await lab.fail(owner, 'power-off');
      await lab.waitFor(`${address} left ${owner}`, () => heldByOneOther(address, owner), 30_000);
      expect(await page(lab, inUrl)).toContain('keepalived');
      const { sent, received, gaps } = await probe.stop();
      const longest = Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs));
      figures.push(
        `  ${mode}, ${family}, its owner loses power: ${sent - received} of ${sent} lost, longest gap ${Math.round(longest)} ms`,
      );
      await lab.heal(owner);
      await settled(lab);
      expect(longest).toBeLessThan(LONGEST);
    });

    it(
      `with policy Local an address follows its only endpoint, of IPv4, IPv6 and both, and that sees the client's address`,
      addressesFollow,
    );

    it('two Services share an address, each by its port, and one stays where it is when the other goes', async () => {
      for (const [name, port] of Object.entries(SHARERS)) await lab.apply(sharer(name, port));
      await settled(lab);
      for (const port of Object.values(SHARERS)) expect(await page(lab, `${SHARED}:${port}`)).toContain('keepalived');
      const owner = await soleHolder(lab, SHARED);
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'core-one']);
      await lab.waitFor(`nothing answers on ${SHARED}:${SHARERS['core-one']}`, () => isSilent(`${SHARED}:${SHARERS['core-one']}`), 30_000);
      await settled(lab);
      expect(await page(lab, `${SHARED}:${SHARERS['core-two']}`)).toContain('keepalived');
      expect(await soleHolder(lab, SHARED)).toBe(owner);
    });
  });

  it(`with policy Local an address follows its only endpoint where node ports are served on the node's own addresses alone`, async () => {
    await lab.setProxy({ mode: 'iptables', nodePortAddresses: ['primary'] });
    await lab.waitFor('every kube-proxy is in its mode', () => everyNodeSays('iptables'), 30_000);
    const [first] = lab.nodes;
    const port = await lab.kubectl(['get', 'service', '-n', NAMESPACE, 'core-local', '-o', 'jsonpath={.spec.healthCheckNodePort}']);
    const loopback = ['curl', '--silent', '--max-time', '1', `http://127.0.0.1:${port}/healthz`];
    await lab.waitFor(
      'kube-proxy no longer answers on loopback',
      async () => (await lab.exec(first ?? '', loopback, { allowFailure: true })).code !== 0 || undefined,
      30_000,
    );
    await addressesFollow();
  });
});

// --- internal ---

/** A web server goes from one node to another, and the addresses of its Services with policy Local go with it. */
async function addressesFollow(): Promise<void> {
  const { v4, v6 } = addressesOf(CLIENT);
  for (const node of lab.nodes.slice(0, 2)) {
    await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, '-l', 'test=core', '--now', '--ignore-not-found']);
    await lab.apply(webOn(node));
    await lab.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s', 'pod/core']);
    for (const address of [LOCAL.v4, LOCAL.v6, ...LOCAL.both]) {
      await lab.waitFor(`${address} is on ${node}`, async () => (await soleHolder(lab, address)) === node || undefined, 30_000);
      const isIPv6 = address.includes(':');
      expect(await page(lab, isIPv6 ? `[${address}]` : address)).toBe(`${node} answers [${isIPv6 ? v6 : `::ffff:${v4}`}]\n`);
    }
  }
}

const web = serviceOf('vips', 'core-6', [VIP_6]);
const webOverIPv6 = { ...web, metadata: { ...web.metadata, labels: LABELS }, spec: { ...web.spec, ipFamilies: ['IPv6'] } };

const localWebs = (
  [
    ['core-local', [LOCAL.v4], ['IPv4']],
    ['core-local-6', [LOCAL.v6], ['IPv6']],
    ['core-local-both', LOCAL.both, ['IPv4', 'IPv6']],
  ] as const
).map(([name, addresses, ipFamilies]) => {
  const one = serviceOf('vips', name, addresses);
  const families = { ipFamilies, ipFamilyPolicy: ipFamilies.length > 1 ? 'RequireDualStack' : 'SingleStack' };
  const spec = { ...one.spec, ...families, type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: LABELS };
  return { ...one, metadata: { ...one.metadata, labels: LABELS }, spec };
});

/** Ports of the Services that share an address. */
const SHARERS = { 'core-one': 8081, 'core-two': 8082 };

function sharer(name: string, port: number): object {
  const one = serviceOf('vips', name, [SHARED]);
  return { ...one, metadata: { ...one.metadata, labels: LABELS }, spec: { ...one.spec, ports: [{ port, targetPort: 8080 }] } };
}

async function isSilent(address: string): Promise<true | undefined> {
  const ask = ['curl', '--silent', '--max-time', '1', `http://${address}/`];
  return (await lab.exec('client', ask, { allowFailure: true })).code !== 0 || undefined;
}

/** A web server on a node that says the node's name and who asks. */
const webOn = (node: HostName) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'core', namespace: NAMESPACE, labels: LABELS },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'web',
        image: 'docker.io/library/busybox:stable',
        imagePullPolicy: 'IfNotPresent',
        command: [
          'sh',
          '-c',
          `mkdir -p /tmp/www/cgi-bin && printf '${SCRIPT}' >/tmp/www/cgi-bin/index.cgi && chmod +x /tmp/www/cgi-bin/index.cgi && exec httpd -f -p 8080 -h /tmp/www`,
        ],
        env: [{ name: 'NODE', value: node }],
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
});

/** What the web server runs for each page. */
const SCRIPT = '#!/bin/sh\\necho Content-Type: text/plain\\necho\\necho "$NODE answers $REMOTE_ADDR"\\n';

/** kube-proxy tells its mode on the node's loopback. */
async function everyNodeSays(mode: string): Promise<true | undefined> {
  const ask = ['curl', '--silent', '--fail', '--max-time', '1', 'http://127.0.0.1:10249/proxyMode'];
  const answers = await Promise.all(lab.nodes.map((node) => lab.exec(node, ask, { allowFailure: true })));
  return answers.every(({ stdout }) => stdout === mode) || undefined;
}

async function heldByOneOther(address: string, owner: HostName): Promise<true | undefined> {
  const holders = (await lab.holders(address)).filter((host) => host !== owner);
  return holders.length === 1 || undefined;
}
