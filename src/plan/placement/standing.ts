import type { Node } from '../../api/core.ts';
import type { KeepalivedGroupStatus, NodeState } from '../../api/group/keepalived-group.ts';
import { DRAIN_ANNOTATION, EXCLUDE_NODE_LABEL, OUT_OF_SERVICE_TAINT, UNDO_ANNOTATION } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { byText } from '../../net/text-order.ts';
import type { PlanInput } from '../input.ts';
import { groupReference } from '../reference.ts';

/** Why a node is to have addresses only where no other can. */
export type Why = keyof typeof WHY;

/** Each as the end of a sentence that begins with the node's name. A cordon alone is none of them. */
export const WHY = {
  excluded: `has the label ${EXCLUDE_NODE_LABEL}`,
  drained: `has the annotation ${DRAIN_ANNOTATION}`,
  outOfService: `has the taint ${OUT_OF_SERVICE_TAINT}`,
  emptied: 'is cordoned and emptied',
  notReady: 'is not Ready',
  unsteady: 'was lost and has not been well for long enough since',
} as const;

/** Each as the status of a group has it. */
export const TOLD_AS = {
  excluded: 'Excluded',
  drained: 'Drained',
  outOfService: 'OutOfService',
  emptied: 'Emptied',
  notReady: 'NotReady',
  unsteady: 'Unsteady',
} as const satisfies Record<Why, NodeState['standsBack']>;

/** A node that was lost as often as this lately is said to flap. */
export const FLAPS = 3;

/** By name, the nodes that give their addresses up, and why; the others are fit to have them. */
export type Standing = ReadonlyMap<string, Why>;

/** What decides who is fit. */
export type StandingInput = Pick<PlanInput, 'nodes'> & Partial<Pick<PlanInput, 'reports' | 'emptied' | 'unsteady'>>;

export function standingOf({ nodes, reports = [], emptied = [], unsteady = [] }: StandingInput): Standing {
  const [heard, empty, shaky] = [new Set(reports.map(({ node }) => node)), new Set(emptied), new Set(unsteady.map(({ node }) => node))];
  const why = (node: Node): Why | undefined => {
    const { name } = node.metadata;
    if (isExcluded(node)) return 'excluded';
    if (node.metadata.annotations?.[DRAIN_ANNOTATION] !== undefined) return 'drained';
    if (node.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE_TAINT)) return 'outOfService';
    if (node.spec?.unschedulable === true && empty.has(name)) return 'emptied';
    if (isUnready(node, heard.has(name))) return 'notReady';
    return shaky.has(name) ? 'unsteady' : undefined;
  };
  return new Map(
    nodes.flatMap((node): [string, Why][] => {
      const found = why(node);
      return found === undefined ? [] : [[node.metadata.name, found]];
    }),
  );
}

/** Names of the nodes that somebody takes one address after the other from; sorted. They are fit until that is done. */
export const drainingOf = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(({ metadata: { name, annotations } }) => (annotations?.[UNDO_ANNOTATION] === undefined ? [] : [name])).sort(byText);

/**
 * The same for one virtual router: a node that was lost takes back nothing for a while, and what it has already it keeps.
 */
export function standingFor(standing: Standing, unsteady: PlanInput['unsteady'] = []): (router: string) => Standing {
  const keepers = unsteady.filter(({ node }) => standing.get(node) === 'unsteady');
  const owners = new Map(keepers.flatMap(({ node, owns = [] }) => owns.map((router) => [router, node] as const)));
  return (router) => {
    const owner = owners.get(router);
    return owner === undefined ? standing : new Map([...standing].filter(([node]) => node !== owner));
  };
}

/** The node, by the name of a router, that gave it up because it rests, and for nothing else. */
export function returnerOf(unsteady: PlanInput['unsteady'] = []): (router: string) => string | undefined {
  const nodes = new Map(unsteady.flatMap(({ node, gaveUp = [] }) => gaveUp.map((router) => [router, node] as const)));
  return (router) => nodes.get(router);
}

/** What only a manager knows of the nodes, as it has told it: who plans without one plans by that. */
export function standingTold({ nodeStates = [], virtualRouters = [] }: KeepalivedGroupStatus): Pick<PlanInput, 'emptied' | 'unsteady'> {
  const named = (told: NodeState['standsBack']): string[] => nodeStates.flatMap((one) => (one.standsBack === told ? [one.name] : []));
  const ownsOf = (name: string): string[] => virtualRouters.flatMap((router) => (router.node === name ? [router.name] : []));
  return {
    emptied: named(TOLD_AS.emptied),
    unsteady: named(TOLD_AS.unsteady).map((node) => ({ node, losses: 1, owns: ownsOf(node) })),
  };
}

/** A node that has just started rests, too, and nobody needs to know. */
export function unsteadyProblems({ group, unsteady = [] }: PlanInput, standing: Standing): Problem[] {
  const flapping = unsteady.filter(({ node, losses }) => losses >= FLAPS && standing.get(node) === 'unsteady');
  return [...flapping]
    .sort((a, b) => byText(a.node, b.node))
    .map(({ node, losses }) => ({
      object: groupReference(group),
      reason: 'NodeUnsteady',
      message: `node ${node} was lost ${losses} times, each within ten minutes of the one before; it takes its addresses back after it has been healthy for a while: look for a loose link, a kubelet that restarts, or a lack of memory`,
    }));
}

/** Whether Kubernetes takes the pods of the node for out of service: its kubelet says so, or nothing. */
export function isDown(node: Node): boolean {
  const ready = readyOf(node);
  return ready !== undefined && ready !== 'True';
}

export const isExcluded = ({ metadata }: Node): boolean => EXCLUDE_NODE_LABEL in (metadata.labels ?? {});

// --- internal ---

/**
 * A node whose kubelet says that it isn't ready, or says nothing. While its agent answers, only kubelet is silent: no configuration reaches such
 * a node, so to tell the others that it comes last would move its addresses when kubelet is back, and for nothing.
 */
const isUnready = (node: Node, isHeard: boolean): boolean => isDown(node) && !(readyOf(node) === 'Unknown' && isHeard);

const readyOf = ({ status }: Node): string | undefined => status?.conditions?.find(({ type }) => type === 'Ready')?.status;
