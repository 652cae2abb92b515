import type { Statement } from '../../conf/tree.ts';
import { isInstance } from '../../localise/instance.ts';
import type { News } from '../facts.ts';
import type { State, Step } from '../state.ts';

/** Nodes by name of the VRRP instance that they may own, as the group's configuration of a revision names them. */
export interface Members {
  readonly revision: string;
  readonly byInstance: ReadonlyMap<string, readonly string[]>;
  /** Every priority that the configuration gives to a node, by name of the VRRP instance. */
  readonly priorities?: ReadonlyMap<string, ReadonlySet<number>>;
  /** Addresses that lines of users make nodes send adverts from (`mcast_src_ip`). */
  readonly sources?: ReadonlySet<string>;
}

/** Takes note of which nodes share each VRRP instance: the lines of other nodes are in the group's configuration, and not in this node's file. */
export function hear(state: State, news: News): Step {
  if (news.kind !== 'looked' || news.bundle.kind !== 'bundle') return { state, actions: [] };
  const { conf, settings } = news.bundle;
  if (state.members?.revision === settings.revision) return { state, actions: [] };
  const instances = conf.filter(isInstance);
  const named = instances.map(({ words, block = [] }) => [words[0] ?? '', namesIn(block)] as const);
  const all = [...new Set(named.flatMap(([, names]) => names))];
  const byInstance = new Map(named.map(([name, names]) => [name, names.length > 0 ? names : all]));
  const priorities = new Map(instances.map(({ words, block = [] }) => [words[0] ?? '', prioritiesIn(block)]));
  const sources = new Set(instances.flatMap(({ block = [] }) => block.flatMap(sourceIn)));
  return { state: { ...state, members: { revision: settings.revision, byInstance, priorities, sources } }, actions: [] };
}

export const goOn = (state: State): Step => ({ state, actions: [] });
export const dueAt = (): number => Number.POSITIVE_INFINITY;

// --- internal ---

/** Nodes that have a priority of their own. Where a user's line has taken its place there are none. */
const namesIn = (lines: readonly Statement[]): string[] => [
  ...new Set(lines.flatMap(({ keyword, condition }) => (keyword === 'priority' && condition?.negated === false ? condition.id : []))),
];

const sourceIn = ({ keyword, words }: Statement): readonly string[] => (keyword === 'mcast_src_ip' ? words.slice(0, 1) : []);

/** Without a line keepalived takes 100. */
function prioritiesIn(lines: readonly Statement[]): ReadonlySet<number> {
  const priorities = lines.filter(({ keyword }) => keyword === 'priority').map(({ words }) => Number(words[0]));
  return new Set(priorities.length > 0 ? priorities : [100]);
}
