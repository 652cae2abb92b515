/** Services leave spec.externalIPs for a pool while clients ask them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { run } from '../../lab/machine/run.ts';
import type { ProbeResult } from '../../lab/probe/probe.ts';
import { GROUP, labUnderTest, NAMESPACE, service, settled, whyNoLab } from './lab-under-test.ts';
import { movesOf, movesSince } from './moves.ts';

/** What Services are before: of each five one has node ports, and one keeps its traffic on nodes with endpoints. */
const KINDS = [{ type: 'NodePort' }, { externalTrafficPolicy: 'Local' }, {}, {}, {}] as const;
const moved = Array.from({ length: 20 }, (_, index) => ({
  name: `moved-${index}`,
  address: `192.0.2.${100 + index}`,
  spec: KINDS[index % KINDS.length],
}));
const POOL = {
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'AddressPool',
  metadata: { name: 'moved' },
  spec: { group: `${NAMESPACE}/${GROUP}`, addresses: ['192.0.2.100-192.0.2.119'], assignment: 'OnRequest' },
};
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(
  `kubectl keepalived externalips --apply${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`,
  () => {
    beforeAll(async () => {
      lab = await labUnderTest();
      await lab.apply({ apiVersion: 'v1', kind: 'List', items: moved.map(asBefore) });
      await lab.apply(POOL);
      await settled(lab);
    });
    afterAll(async () => {
      await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...moved.map(({ name }) => name), '--ignore-not-found']);
      await lab.kubectl(['delete', 'addresspool', 'moved', '--ignore-not-found']);
      await settled(lab);
    });

    it(`moves ${moved.length} Services and loses no packet of an address that stays on its node`, async () => {
      const [owners, before, told] = [await holders(), await movedServices(), await movesToldOf(moved.map(({ address }) => address))];
      const probes = await Promise.all(moved.map(({ address }) => lab.probe(address)));
      const began = performance.now();
      // The example's Service is in no pool: it is told, and is no success.
      const { stdout } = await run([PLUGIN, 'externalips', '--apply', '--kubeconfig', lab.kubeconfig], {
        timeoutMs: 240_000,
        allowFailure: true,
      });
      const tookMs = performance.now() - began;
      expect(stdout).toContain(`\n${moved.length} of `);
      await settled(lab);
      const results: ProbeResult[] = await Promise.all(probes.map((probe) => probe.stop()));
      const seen = await Promise.all(
        moved.map(async ({ address, spec }, index) => {
          const { sent = 0, received = 0, gaps = [] } = results[index] ?? {};
          const moves = (await movesSince(lab, address, told[index] ?? [])).map(({ from, to, message }) => `${from} > ${to}: ${message}`);
          return { address, isLocal: 'externalTrafficPolicy' in (spec ?? {}), sent, lost: sent - received, gaps, moves };
        }),
      );
      const [local, others] = [seen.filter(({ isLocal }) => isLocal), seen.filter(({ isLocal }) => !isLocal)];
      console.log(
        `${moved.length} Services moved in ${Math.round(tookMs)} ms: ${inAll(others)}; of those with policy Local, which change their node, ${inAll(local)}`,
      );
      const after = await movedServices();
      expect(after.map(({ metadata, spec, status }) => [metadata.name, spec.externalIPs, status.loadBalancer.ingress?.[0]?.ip])).toEqual(
        moved.map(({ name, address }) => [name, undefined, address]),
      );
      const kept = ({ spec }: MovedService) => [spec.externalTrafficPolicy, spec.ports.map(({ nodePort }) => nodePort)];
      expect(after.map(kept)).toEqual(before.map(kept));
      expect(await holders(), JSON.stringify(others)).toEqual(owners);
      expect(seen.reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThan(moved.length * 50);
      expect(others.filter(({ lost, moves }) => lost + moves.length > 0)).toEqual([]);
      // The one packet that a move by preemption may cost.
      expect(local.filter(({ lost, moves }) => lost > moves.length)).toEqual([]);
    }, 300_000);
  },
);

// --- internal ---

const PLUGIN = join(import.meta.dirname, '../../bin/kubectl-keepalived');

interface MovedService {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly externalIPs?: readonly string[];
    readonly externalTrafficPolicy?: string;
    readonly ports: readonly { readonly nodePort?: number }[];
  };
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

const asBefore = ({ name, address, spec }: (typeof moved)[number]): object => {
  const made = service(name, address);
  return { ...made, spec: { ...made.spec, ...spec } };
};

/** In the order of `moved`. */
async function movedServices(): Promise<readonly MovedService[]> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'services', '-n', NAMESPACE, '-o', 'json']));
  const all = new Map((items as readonly MovedService[]).map((item) => [item.metadata.name, item]));
  return moved.flatMap(({ name }) => all.get(name) ?? []);
}

const inAll = (some: readonly { readonly sent: number; readonly lost: number }[]): string =>
  `${some.reduce((sum, { lost }) => sum + lost, 0)} of ${some.reduce((sum, { sent }) => sum + sent, 0)} packets lost`;

const movesToldOf = (addresses: readonly string[]) => Promise.all(addresses.map((address) => movesOf(lab, address)));

/** Of those without policy Local: Kubernetes tells where these have endpoints once they are of type LoadBalancer, and their address goes there. */
const holders = (): Promise<string[]> =>
  Promise.all(
    moved.flatMap(({ address, spec }) =>
      'externalTrafficPolicy' in (spec ?? {}) ? [] : lab.holders(address).then((hosts) => hosts.join('+')),
    ),
  );
