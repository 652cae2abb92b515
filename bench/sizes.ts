/** How large is what the API server has to keep. */
import { plan } from '../src/plan/plan.ts';
import { renderConfig } from '../src/render/config.ts';
import { renderStatus } from '../src/render/status.ts';
import { atRest } from './allocate.ts';
import type { Measurement, Sample } from './measurement.ts';
import { clusterOf, SERVICES } from './plan.ts';

export const sizes: Measurement = {
  name: 'sizes',
  title: 'Sizes of what is stored',
  about:
    "As JSON, one group on 100 nodes: the data of its ConfigMap, with multicast and with unicast; its status with every address on its node; and the ledger, the specs of all VirtualIPs together, an object for each address. An object that is larger than 1.5 MiB (1,536 KiB) is more than etcd takes by default; the ledger's are small.",
  needs: 'nothing',
  varies: 'Services',
  *samples({ say }) {
    for (const at of SERVICES) {
      say(`${at}`);
      yield* [
        ...ofGroup(at),
        kibibytes(
          'ledger',
          at,
          atRest(at).virtualIPs.map(({ spec }) => spec),
        ),
      ];
    }
  },
};

// --- internal ---

const NODES = 100;

function ofGroup(services: number): Sample[] {
  const [multicast, unicast] = [false, true].map((isUnicast) => plan(clusterOf(services, NODES, isUnicast)));
  if (multicast === undefined || unicast === undefined) return [];
  const owners = new Map(multicast.routers.map(({ name, ranks: [node = ''] }) => [name, { kind: 'Owned', node } as const]));
  const status = renderStatus(multicast, { reports: [], owners, now: '2026-01-01T00:00:00Z' });
  return [
    kibibytes('ConfigMap', services, renderConfig(multicast)?.data),
    kibibytes('ConfigMap, unicast', services, renderConfig(unicast)?.data),
    kibibytes('status', services, status),
  ];
}

const kibibytes = (of: string, at: number, what: unknown): Sample => ({
  of,
  unit: 'KiB',
  at,
  value: Buffer.byteLength(JSON.stringify(what)) / 1024,
});
