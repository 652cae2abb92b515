import type { Node } from '../../api/core.ts';
import { byText } from '../../net/text-order.ts';
import { WHY } from '../../plan/placement/standing.ts';
import type { Plan } from '../../plan/plan.ts';
import type { VirtualRouter } from '../../plan/virtual-router.ts';
import { sharedName } from '../move/job.ts';

/** What becomes of one virtual router's addresses. */
export interface Fate {
  /** `namespace/name` of the group. */
  readonly group: string;
  readonly router: string;
  /** `namespace/name`, sorted. */
  readonly services: readonly string[];
  readonly addresses: readonly string[];
  /** The node that has them; where none is known to, the node that is to. Absent when nobody has them. */
  readonly from?: string;
  /** The node that has them afterwards; the same as `from` where nothing moves. Absent when no node is left for them. */
  readonly to?: string;
  readonly becomes: Becomes;
  /** What there is to say of it, as a sentence without a full stop. */
  readonly note?: string;
}

/** `Unanswered`: a node has them, and no endpoints for their Service are left. `Lost`: no node is left for them. `Unowned`: nobody has them now. */
export type Becomes = 'Stays' | 'Moves' | 'Unanswered' | 'Lost' | 'Unowned';

/** What one asks about. */
export interface Question {
  readonly plans: readonly Plan[];
  /** All nodes of the cluster. */
  readonly nodes: readonly Node[];
  /** Names of the nodes that are gone. */
  readonly without: ReadonlySet<string>;
  /** Nodes with ready endpoints by Service; absent when they couldn't be asked for. */
  readonly endpoints?: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Where every address is once some nodes are gone, as VRRP decides it: the next node in the order of priority that is there takes over. A node
 * that is not Ready is not counted on. Sorted by group and name of the router.
 */
export const simulate = (question: Question): Fate[] =>
  question.plans
    .flatMap((plan) => plan.routers.map((router) => fateOf(router, plan, question)))
    .sort((a, b) => byText(a.group, b.group) || byText(a.router, b.router));

/** How many addresses each node has before and after; by name, all nodes that run a group. */
export function loads(fates: readonly Fate[], plans: readonly Plan[]): { name: string; before: number; after: number }[] {
  const count = (name: string, end: 'from' | 'to'): number =>
    fates.reduce((sum, fate) => sum + (fate[end] === name ? fate.addresses.length : 0), 0);
  const names = [...new Set(plans.flatMap((plan) => plan.nodes))].sort(byText);
  return names.map((name) => ({ name, before: count(name, 'from'), after: count(name, 'to') }));
}

// --- internal ---

function fateOf(router: VirtualRouter, plan: Plan, question: Question): Fate {
  const { namespace, name } = plan.group.metadata;
  const services = router.services.map(({ service }) => `${service.namespace}/${service.name}`);
  const what = { group: `${namespace}/${name}`, router: router.name, services, addresses: router.addresses };
  const seen = plan.group.status?.virtualRouters?.find((one) => one.name === router.name);
  const from = seen === undefined ? router.ranks[0] : seen.node;
  if (from === undefined) return { ...what, becomes: 'Unowned', note: 'no node has it now, as far as the group knows' };
  if (!question.without.has(from)) return { ...what, from, to: from, becomes: 'Stays' };
  return { ...what, from, ...successor(router, plan, question) };
}

/** Nodes behind those with a rank are equal in priority: which of them it is, only their own addresses decide. */
function successor(router: VirtualRouter, plan: Plan, { nodes, without, endpoints }: Question): Pick<Fate, 'to' | 'becomes' | 'note'> {
  const ready = new Set(nodes.filter(isReady).map(({ metadata }) => metadata.name));
  const ordered = [...router.ranks, ...plan.nodes.filter((name) => !router.ranks.includes(name))];
  const there = ordered.filter((name) => !without.has(name) && ready.has(name));
  const [first] = there;
  const { trackFile: service } = router;
  if (first === undefined) return { becomes: 'Lost', note: 'no other node of the group is there and Ready' };
  if (service === undefined) return { to: first, becomes: 'Moves', ...noted(returning(router, plan, there, first)) };
  if (endpoints === undefined) return { to: first, becomes: 'Moves', note: `if it has endpoints of ${service}; they could not be read` };
  const serving = there.filter((name) => endpoints.get(service)?.has(name));
  const [next] = serving;
  if (next !== undefined) return { to: next, becomes: 'Moves', ...noted(returning(router, plan, serving, next)) };
  const note = `no node that is left has endpoints of ${service}`;
  const later = returning(router, plan, there, first);
  return { to: first, becomes: 'Unanswered', note: later === undefined ? note : `${note}; ${later}` };
}

/** A node that rests after a loss and comes before the new owner: it takes the addresses as soon as its rest is over. */
function returning({ name }: VirtualRouter, { homes, standing }: Plan, there: readonly string[], to: string): string | undefined {
  const home = homes[sharedName(name)] ?? [];
  const before = home.includes(to) ? home.slice(0, home.indexOf(to)) : home;
  const resting = before.find((node) => standing.get(node) === 'unsteady' && there.includes(node));
  return resting && `until ${resting}, which ${WHY.unsteady}, takes it back`;
}

const noted = (note: string | undefined) => (note === undefined ? {} : { note });

const isReady = ({ status }: Node): boolean => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True';
};
