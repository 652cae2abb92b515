/** A walk over faults: a pure function of its seed. */
import { CLIENT, CONTROL, type HostName } from '../../lab/hosts/address.ts';
import { type Fault, isUndone, touchedBy, type WantedService } from './fault.ts';
import { choicesFrom, type Random } from './random.ts';

/** One or two faults that overlap, and the peace after them. */
export interface Step {
  /** Counted from 1. */
  readonly number: number;
  readonly acts: readonly Act[];
  /** Milliseconds in which nothing is done, once all is well again. */
  readonly restMs: number;
}

export interface Act {
  readonly fault: Fault;
  /** Milliseconds from the begin of the step. */
  readonly at: number;
  /** Milliseconds until it is undone; 0 for what stays. */
  readonly lasts: number;
}

/** Addresses of the Services that come and go. Those of the pool are apart from those that a Service may name. */
export const EXTERNAL = ['192.0.2.220', '192.0.2.221', '192.0.2.222'] as const;
export const POOLS = [['192.0.2.230-192.0.2.239'], ['192.0.2.230-192.0.2.245']] as const;
export const CHANGING = ['changing-1', 'changing-2', 'changing-3', 'changing-4'] as const;

/** Never ends. A node is always left that no fault of a step touches. */
export function* walk(seed: number, nodes: readonly HostName[]): Generator<Step, never> {
  const random = choicesFrom(seed);
  const services = new Map<string, WantedService>();
  for (let number = 1; ; number++) {
    const first = actOf(random, faultOf(random, nodes, services), 0);
    const acts = [first];
    if (first.lasts > 0 && random.chance(OVERLAP)) {
      const at = random.between(0, first.lasts);
      const second = companionOf(random, nodes, services, first.fault);
      if (second !== undefined) acts.push(actOf(random, second, at));
    }
    for (const { fault } of acts) remember(services, fault);
    yield { number, acts, restMs: random.between(...REST_MS) };
  }
}

/** The first steps of a walk. */
export function stepsOf(seed: number, nodes: readonly HostName[], count: number): Step[] {
  const steps = walk(seed, nodes);
  return Array.from({ length: count }, () => steps.next().value);
}

// --- internal ---

const OVERLAP = 0.35;
const LASTS_MS = [1500, 20_000] as const;
const REST_MS = [4000, 10_000] as const;
const MOST_TRIES = 20;
const LOST_PERCENT = 5;

const actOf = (random: Random, fault: Fault, at: number): Act => ({ fault, at, lasts: isUndone(fault) ? random.between(...LASTS_MS) : 0 });

/** Another fault that leaves a node untouched and undoes nothing of the first one. */
function companionOf(
  random: Random,
  nodes: readonly HostName[],
  services: ReadonlyMap<string, WantedService>,
  first: Fault,
): Fault | undefined {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const second = faultOf(random, nodes, services);
    const [one, other] = [touchedBy(first), touchedBy(second)];
    const isApart = second.kind !== first.kind && !one.some((node) => other.includes(node)) && !(isOfControl(first) && isOfControl(second));
    if (isApart && nodes.some((node) => !one.includes(node) && !other.includes(node))) return second;
  }
  return undefined;
}

const isOfControl = (fault: Fault): boolean =>
  'program' in fault ? fault.hosts.includes(CONTROL) || fault.program === 'manager' : fault.kind === 'delete-leader';

function faultOf(random: Random, nodes: readonly HostName[], services: ReadonlyMap<string, WantedService>): Fault {
  const node = random.pick(nodes);
  const kind = random.pick(['kill', 'pause'] as const);
  const lost = (): Fault => ({ kind: random.pick(['power-off', 'link-down', 'cut'] as const), node });
  const makers: readonly (() => Fault)[] = [
    lost,
    lost, // What the product is for comes twice as often.
    () => partitionOf(random, nodes, node),
    () => partitionOf(random, nodes, node),
    () => ({ kind, program: random.pick(['keepalived', 'agent'] as const), hosts: [node] }),
    () => ({ kind, program: random.pick(['kubelet', 'kube-proxy'] as const), hosts: [node] }),
    () =>
      random.chance(0.3) ? { kind: 'pause', program: 'etcd', hosts: [CONTROL] } : { kind, program: 'kube-apiserver', hosts: [CONTROL] },
    () => random.pick<Fault>([{ kind, program: 'manager', hosts: nodes }, { kind: 'delete-leader' }]),
    () => ({ kind: 'lost-adverts', percent: LOST_PERCENT }),
    () => ({ kind: random.pick(['cordon', 'exclude'] as const), node }),
    () => ({ kind: 'delete-pod', node }),
    () => serviceOf(random, services),
    () => random.pick<Fault>([{ kind: 'pool', addresses: random.pick(POOLS) }, serviceOf(random, services)]),
  ];
  return random.pick(makers)();
}

function partitionOf(random: Random, nodes: readonly HostName[], node: HostName): Fault {
  const other = random.pick([...nodes.filter((one) => one !== node), CONTROL, CLIENT]);
  const [from, to] = random.chance(0.5) ? [node, other] : [other, node];
  return { kind: 'partition', from, to, oneWay: random.chance(0.5) };
}

/** One that isn't there is made; one that is there is deleted or changed. Every address has one Service at a time, and every Service a port of its own. */
function serviceOf(random: Random, services: ReadonlyMap<string, WantedService>): Fault {
  const name = random.pick(CHANGING);
  if (services.has(name) && random.chance(0.5)) return { kind: 'service', name, wanted: null };
  const taken = new Set([...services].filter(([other]) => other !== name).map(([, { address }]) => address));
  const address = random.pick([...EXTERNAL.filter((one) => !taken.has(one)), 'pool']);
  return { kind: 'service', name, wanted: { address, port: random.between(8001, 8099) } };
}

function remember(services: Map<string, WantedService>, fault: Fault): void {
  if (fault.kind !== 'service') return;
  if (fault.wanted === null) services.delete(fault.name);
  else services.set(fault.name, fault.wanted);
}
