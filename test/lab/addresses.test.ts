/** Services of type LoadBalancer get addresses of a pool, and several have one together: who leaves costs the others nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import type { ProbeResult } from '../../lab/probe/probe.ts';
import { LOAD_BALANCER_CLASS } from '../../src/api/names.ts';
import { GROUP, groupCalled, labUnderTest, NAMESPACE, page, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const POOL = { apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'AddressPool', metadata: { name: 'lab' } };
const [FIRST, SHARED] = ['192.0.2.180', '192.0.2.190'];
/** Of the Services that share an address; each leads to the web app. */
const PORTS = { one: 80, two: 8081, three: 8082 };
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`an AddressPool${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    await lab.apply({ ...POOL, spec: { group: `${NAMESPACE}/${GROUP}`, addresses: [`${FIRST}-192.0.2.189`] } });
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'pooled', ...Object.keys(PORTS), '--ignore-not-found']);
    await lab.kubectl(['delete', 'addresspool', 'lab', '--ignore-not-found']);
    await settled(lab);
  });

  it('gives a Service an address that answers and leads to the page', async () => {
    const before = performance.now();
    await lab.apply(balancer('pooled', 80, { loadBalancerClass: LOAD_BALANCER_CLASS }));
    await lab.waitFor('the Service shows the address', async () => (await shown('pooled')) === FIRST || undefined, 30_000);
    const shownAfter = performance.now() - before;
    await lab.exec('client', ['timeout', '30', 'sh', '-c', `until ping -c 1 -W 1 ${FIRST}; do :; done`]);
    const answersAfter = performance.now() - before;
    expect(await page(lab, FIRST)).toContain('kept alive by keepalived');
    console.log(
      `apply to the address on the Service ${Math.round(shownAfter)} ms, to its answer ${Math.round(answersAfter)} ms, to the page ${Math.round(performance.now() - before)} ms`,
    );
    const record = JSON.parse(await lab.kubectl(['get', 'vip', FIRST, '-o', 'json']));
    expect(record.spec.claims).toEqual([{ namespace: NAMESPACE, service: 'pooled', source: 'Pool', pool: 'lab' }]);
    expect(lab.nodes).toContain(await soleHolder(lab, FIRST));
  });

  it('has its addresses back when the manager is killed and started again', async () => {
    await lab.kubectl(['delete', 'pods', '-n', 'keepalived-operator', '-l', 'operator=keepalived-operator', '--force', '--grace-period=0']);
    await lab.apply(balancer('one', PORTS.one, { externalIPs: [SHARED] }));
    await lab.waitFor('the Service is carried', async () => ((await lab.holders(SHARED)).length === 1 ? true : undefined), 60_000);
    expect(await shown('pooled')).toBe(FIRST);
  });

  it('carries Services that share an address: one comes and goes, and another loses no packet', async () => {
    await page(lab, SHARED);
    const [holder, id] = [await soleHolder(lab, SHARED), await routerId()];
    const icmp = await lab.probe(SHARED);
    await lab.apply(balancer('two', PORTS.two, { externalIPs: [SHARED] }));
    await lab.apply(balancer('three', PORTS.three, { externalIPs: [SHARED] }));
    for (const port of [PORTS.two, PORTS.three]) await page(lab, `${SHARED}:${port}`);
    // On a busy machine a Service loses connections that nothing happens to: that much is no loss of sharing.
    const [stays, untouched] = await Promise.all([
      lab.probe(SHARED, { port: PORTS.three, everyMs: 25 }),
      lab.probe(VIP, { port: 80, everyMs: 25 }),
    ]);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'one']);
    await settled(lab);
    await lab.kubectl(['delete', 'pods', '-n', 'keepalived-operator', '-l', 'operator=keepalived-operator', '--force', '--grace-period=0']);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'two']);
    await lab.waitFor(
      'only the last Service is known to have the address',
      async () => (await sharers()) === 'web/three' || undefined,
      60_000,
    );
    await settled(lab);
    const [echoes, connections, others] = (await Promise.all([icmp.stop(), stays.stop(), untouched.stop()])).map(lossOf);
    console.log(
      `two Services joined and two left: ${echoes} echoes, ${connections} connections lost; of an untouched Service ${others} connections`,
    );
    expect(echoes?.lost).toBe(0);
    expect(connections?.sent).toBeGreaterThan(50);
    expect(connections?.lost).toBeLessThanOrEqual(2 * (others?.lost ?? 0) + 2);
    expect([await soleHolder(lab, SHARED), await routerId()]).toEqual([holder, id]);
  });
});

// --- internal ---

const lossOf = ({ sent, received }: ProbeResult) => ({ sent, lost: sent - received, toString: () => `${sent - received} of ${sent}` });

const balancer = (name: string, port: number, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace: NAMESPACE,
    ...('externalIPs' in spec && { annotations: { 'keepalived-operator.redhat-cop.io/keepalivedgroup': `${NAMESPACE}/${GROUP}` } }),
  },
  spec: {
    type: 'externalIPs' in spec ? 'ClusterIP' : 'LoadBalancer',
    selector: { app: 'web' },
    ports: [{ port, targetPort: 8080 }],
    ...spec,
  },
});

async function shown(name: string): Promise<string | undefined> {
  const { status } = JSON.parse(await lab.kubectl(['get', 'service', '-n', NAMESPACE, name, '-o', 'json']));
  return status.loadBalancer?.ingress?.[0]?.ip;
}

/** The one virtual router, called after the first Service, also when that is gone. */
const routerId = async (): Promise<number | undefined> => (await groupCalled(lab, GROUP)).status.routerIDs[`${NAMESPACE}/one`];

async function sharers(): Promise<string> {
  const { status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
  return (status.sharedAddresses?.[SHARED]?.services ?? []).join();
}
