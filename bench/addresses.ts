/**
 * How fast 5,000 Services (or `SERVICES=...`) of type LoadBalancer get addresses of a pool, and what it costs a real API server.
 * Needs etcd and kube-apiserver (`./bin/lab prepare --packages --kubernetes`).
 */
import { waitFor } from '../lab/machine/wait.ts';
import { statusAddresses } from '../src/allocate/service/written.ts';
import type { Service } from '../src/api/core.ts';
import { ADDRESS_POOLS } from '../src/manager/cluster/resource.ts';
import { aNamespace, confOf, create, createGroup, SERVICES as KIND, list } from '../test/api/cluster.ts';
import { aBalancer, aPool } from '../test/builders/addresses.ts';
import { atOnce, costOf, type MeasuredManager, quiet, withManager } from './manager.ts';
import type { Measurement, Sample } from './measurement.ts';

const SERVICES = Number(process.env.SERVICES ?? 5000);
const STEADY_SECONDS = 5;
/** Milliseconds, for all that comes after the Services were made. */
const PATIENCE = 60_000 + SERVICES * 100;

export const addresses: Measurement = {
  name: 'addresses',
  title: 'Addresses of a pool and a real API server',
  about: `${SERVICES.toLocaleString('en')} Services of type LoadBalancer are created as fast as the API server takes them, and each gets an address of a pool: how long it takes, what the manager asks, and what it writes once nothing changes any more.`,
  needs: 'api',
  async *samples() {
    yield* await withManager(measure);
  },
};

// --- internal ---

async function measure(manager: MeasuredManager): Promise<Sample[]> {
  const { cluster, proxy } = manager;
  await createGroup(cluster, await aNamespace(cluster, 'web'), 'vips');
  await create(cluster, ADDRESS_POOLS, { ...aPool(['198.18.0.0/15']) });
  await aNamespace(cluster, 'shop');
  await waitFor('the group has a configuration', async () => await confOf(cluster, 'web'), 60_000);
  await quiet(proxy);
  const before = proxy.passed.length;
  const started = performance.now();
  await atOnce(SERVICES, (index) => {
    const { metadata, spec: asked } = aBalancer(`s${index}`);
    // There are fewer node ports than Services.
    const spec = { ...asked, allocateLoadBalancerNodePorts: false };
    return create(cluster, KIND, { metadata: { namespace: 'shop', name: metadata.name, annotations: metadata.annotations ?? {} }, spec });
  });
  const created = performance.now() - started;
  const shown = async (): Promise<Service[] | undefined> => {
    const services = await list<Service>(cluster, KIND, 'shop');
    return services.every((service) => statusAddresses(service).length === 1) ? services : undefined;
  };
  const services = await waitFor('every Service has an address', shown, PATIENCE);
  const given = performance.now() - started;
  await quiet(proxy, PATIENCE);
  const told = performance.now() - started - 2000;
  return [
    { of: 'all created after', unit: 's', value: created / 1000 },
    { of: 'all have an address after', unit: 's', value: given / 1000 },
    { of: 'all is told after', unit: 's', value: told / 1000 },
    { of: 'different addresses', unit: 'addresses', value: new Set(services.flatMap(statusAddresses)).size },
    ...(await costOf(manager, before, { services: SERVICES, steadySeconds: STEADY_SECONDS })),
  ];
}
