import { type Standing, WHY, type Why } from '../plan/placement/standing.ts';
import type { Word } from './evidence.ts';
import type { ExpectedRouter } from './ownership.ts';

/** Why a virtual router left a node, as far as the nodes' words show it. */
export type Cause =
  /** The plan has the node no longer. */
  | { readonly kind: 'NodeLeft' }
  | { readonly kind: 'NodeSilent' }
  | { readonly kind: 'DaemonStopped' }
  /** In the agent's own words, where it has some. */
  | { readonly kind: 'Fault'; readonly message?: string }
  /** The node is to give its addresses up. */
  | { readonly kind: 'NodeUnfit'; readonly why: Why }
  /** The node that has it now comes before the one that had it. */
  | { readonly kind: 'Preferred' }
  /** The node is well and gave it up, as it does when it is drained. */
  | { readonly kind: 'GivenUp' };

export interface Departure {
  readonly from: string;
  readonly to: string;
}

/** The nodes of a plan, and which of them are to give their addresses up. */
export interface Members {
  readonly nodes: readonly string[];
  readonly standing?: Standing;
}

export function causeOf({ name, ranks }: ExpectedRouter, { from, to }: Departure, members: Members, words: readonly Word[]): Cause {
  if (!members.nodes.includes(from)) return { kind: 'NodeLeft' };
  const word = words.find(({ report }) => report.node === from);
  if (word === undefined || word.silentSince !== undefined) return { kind: 'NodeSilent' };
  if (!word.report.daemon.running) return { kind: 'DaemonStopped' };
  const why = members.standing?.get(from);
  if (why !== undefined && !members.standing?.has(to)) return { kind: 'NodeUnfit', why };
  const [problem] = word.report.problems;
  if (problem !== undefined) return { kind: 'Fault', message: problem.message };
  if (word.report.instances.find((instance) => instance.name === name)?.state === 'FAULT') return { kind: 'Fault' };
  const rankOf = (node: string): number => (ranks.includes(node) ? ranks.indexOf(node) : ranks.length);
  return rankOf(to) < rankOf(from) ? { kind: 'Preferred' } : { kind: 'GivenUp' };
}

/** Why, as a part of a sentence that names both nodes before. */
export function causeInWords(cause: Cause, { from, to }: Departure): string {
  switch (cause.kind) {
    case 'NodeLeft':
      return `${from} is no longer a node of the group`;
    case 'NodeSilent':
      return `${from} does not answer`;
    case 'DaemonStopped':
      return `keepalived on ${from} does not run`;
    case 'Fault':
      return cause.message === undefined ? `${from} reports FAULT` : `${from} reports: ${cause.message}`;
    case 'NodeUnfit':
      return `${from} ${WHY[cause.why]}`;
    case 'Preferred':
      return `${to} comes before ${from}`;
    case 'GivenUp':
      return `${from} gave it up`;
  }
}
