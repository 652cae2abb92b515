/**
 * How fast 5,000 Services (or `SERVICES=...`) of type LoadBalancer get addresses of a pool, and what it costs a real API server.
 * Needs etcd and kube-apiserver (`./bin/lab prepare --packages --kubernetes`).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { waitFor } from '../lab/machine/wait.ts';
import { statusAddresses } from '../src/allocate/service/written.ts';
import type { Service } from '../src/api/core.ts';
import { ADDRESS_POOLS } from '../src/manager/cluster/resource.ts';
import { aNamespace, confOf, create, createGroup, SERVICES as KIND, list } from '../test/api/cluster.ts';
import { aBalancer, aPool } from '../test/builders/addresses.ts';
import { atOnce, byKind, line, type MeasuredManager, own, peak, quiet, seconds, withManager } from './manager.ts';

const SERVICES = Number(process.env.SERVICES ?? 5000);
const STEADY_SECONDS = 5;
/** Milliseconds, for all that comes after the Services were made. */
const PATIENCE = 60_000 + SERVICES * 100;

/** Takes some ten minutes. */
export const benchAddresses = (): Promise<readonly string[]> => withManager(measure);

// --- internal ---

async function measure({ cluster, proxy, pid }: MeasuredManager): Promise<string[]> {
  await createGroup(cluster, await aNamespace(cluster, 'web'), 'vips');
  await create(cluster, ADDRESS_POOLS, { ...aPool(['198.18.0.0/15']) });
  await aNamespace(cluster, 'shop');
  await waitFor('the group has a configuration', async () => await confOf(cluster, 'web'), 60_000);
  await quiet(proxy);
  const before = proxy.passed.length;
  const started = performance.now();
  await atOnce(SERVICES, (index) => {
    const { metadata, spec } = aBalancer(`s${index}`);
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
  const asked = own(proxy.passed.slice(before)).filter(({ isWatch }) => !isWatch);
  const calm = proxy.passed.length;
  await pause(STEADY_SECONDS * 1000);
  const writes = asked.filter(({ isWrite }) => isWrite);
  return [
    line(`${SERVICES} Services created after`, `${seconds(created)} s (${Math.round(SERVICES / (created / 1000))} each second)`),
    line('all have an address after', `${seconds(given)} s, ${seconds(given - created)} s after the last was created`),
    line('different addresses', String(new Set(services.flatMap(statusAddresses)).size)),
    line('all is told after', `${seconds(told)} s`),
    line('requests per Service', `${(asked.length / SERVICES).toFixed(2)}, of these writes ${(writes.length / SERVICES).toFixed(2)}`),
    line('writes by kind', byKind(writes)),
    line('largest memory of the manager', `${peak(pid)} MiB`),
    line(`writes in ${STEADY_SECONDS} steady seconds`, String(own(proxy.passed.slice(calm)).filter(({ isWrite }) => isWrite).length)),
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log((await benchAddresses()).join('\n'));
