/** How fast addresses are given, and how that grows. */
import { allocate } from '../src/allocate/allocate.ts';
import type { AllocationInput } from '../src/allocate/input.ts';
import { aBalancer, anAllocation, aPool, written } from '../test/builders/addresses.ts';
import { aGroup } from '../test/builders/object.ts';
import { CORE_MS, type Measurement, timed } from './measurement.ts';
import { SERVICES } from './plan.ts';

export const allocation: Measurement = {
  name: 'allocation',
  title: 'Giving addresses, by Services',
  about:
    'Services of type LoadBalancer in 50 namespaces, and one pool: all of them new; all with an address, so that nothing is to be done; all new and asking for one and the same address, each with a port of its own.',
  needs: 'nothing',
  varies: 'Services',
  *samples(effort) {
    for (const [of, inputOf] of Object.entries(CASES))
      for (const at of SERVICES) {
        effort.say(`${of}, ${at}`);
        const input = inputOf(at);
        const lacking = statusless(written(input, allocate(input)));
        if (lacking > 0) throw new Error(`${of}: ${lacking} of ${at} Services get no address`);
        for (const value of timed(() => allocate(input), effort)) yield { of, unit: CORE_MS, at, value };
      }
  },
};

/** Services that all are new. */
export function anew(size: number): AllocationInput {
  const services = Array.from({ length: size }, (_, index) => aBalancer(`s${index}`, { namespace: `n${index % 50}` }));
  return anAllocation({ pools: [aPool(POOL)], services });
}

/** The same once everything was written. */
export function atRest(size: number): AllocationInput {
  const input = anew(size);
  return written(input, allocate(input));
}

// --- internal ---

const POOL = ['198.18.0.0/15'];
const CASES: Readonly<Record<string, (size: number) => AllocationInput>> = {
  'all new': anew,
  'nothing to do': atRest,
  'all on one address': onOneAddress,
};

const statusless = ({ services }: AllocationInput): number =>
  services.filter(({ status }) => !status?.loadBalancer?.ingress?.length).length;

function onOneAddress(size: number): AllocationInput {
  const services = Array.from({ length: size }, (_, index) =>
    aBalancer(`s${index}`, { asks: { addresses: '198.18.0.9' }, spec: { ports: [{ port: index + 1, protocol: 'TCP' }] } }),
  );
  return anAllocation({ pools: [aPool(POOL)], groups: [aGroup({ spec: { fences: { addressesPerNamespace: size } } })], services });
}
