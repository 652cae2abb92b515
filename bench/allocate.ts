/** How fast addresses are given, and how that grows. */
import { allocate } from '../src/allocate/allocate.ts';
import type { AllocationInput } from '../src/allocate/input.ts';
import { aBalancer, anAllocation, aPool, written } from '../test/builders/addresses.ts';
import { medianMilliseconds, row } from './measure.ts';

export function benchAllocate(): string[] {
  const sizes = [100, 1000, 5000, 10_000];
  const [first, rest] = [sizes.map((size) => medianMilliseconds(() => allocate(anew(size)))), sizes.map(atRest)];
  return [
    ...sizes.map((size, index) => row(`allocate ${size} Services, all new`, first[index] ?? Number.NaN, 'ms')),
    ...sizes.map((size, index) => row(`allocate ${size} Services, nothing to do`, rest[index] ?? Number.NaN, 'ms')),
    row('10,000 Services at rest against 1,000 (10 is linear)', (rest.at(-1) ?? 0) / (rest[1] ?? 1), 'times'),
    ...onOneAddress(),
  ];
}

// --- internal ---

/** Services that all name the same address, each with a port of its own. */
function onOneAddress(): string[] {
  const sizes = [1000, 10_000];
  const times = sizes.map((size) => {
    const services = Array.from({ length: size }, (_, index) =>
      aBalancer(`s${index}`, { asks: { addresses: '198.18.0.9' }, spec: { ports: [{ port: index + 1, protocol: 'TCP' }] } }),
    );
    const input = anAllocation({ pools: [aPool(['198.18.0.0/15'])], services });
    return medianMilliseconds(() => allocate(input));
  });
  return [
    ...sizes.map((size, index) => row(`allocate ${size} Services on one address, all new`, times[index] ?? Number.NaN, 'ms')),
    row('10,000 Services on one address against 1,000', (times[1] ?? 0) / (times[0] ?? 1), 'times'),
  ];
}

const inputs = new Map<number, AllocationInput>();

function anew(size: number): AllocationInput {
  const known = inputs.get(size);
  if (known !== undefined) return known;
  const services = Array.from({ length: size }, (_, index) => aBalancer(`s${index}`, { namespace: `n${index % 50}` }));
  const input = anAllocation({ pools: [aPool(['198.18.0.0/15'])], services });
  inputs.set(size, input);
  return input;
}

function atRest(size: number): number {
  const input = written(anew(size), allocate(anew(size)));
  return medianMilliseconds(() => allocate(input));
}
