import type { AgentSettings } from '../api/node/config.ts';
import type { LeftOut } from '../api/node/report.ts';
import { print, UnprintableWord } from '../conf/print.ts';
import type { Conf } from '../conf/tree.ts';
import type { Bundle } from './bundle.ts';
import { drainable } from './drain.ts';
import { type LocalPaths, localise } from './localise.ts';
import type { NodeFacts } from './node-facts.ts';
import type { Problem } from './problem.ts';

/** A file for this node's keepalived that nothing but keepalived itself has still to accept. */
export interface Candidate {
  readonly kind: 'candidate';
  readonly revision: string;
  readonly conf: Conf;
  readonly text: string;
  /** What was left out or cut. */
  readonly problems: readonly Problem[];
  /** Verbatim lines that keepalived refuses. */
  readonly leftOut?: readonly LeftOut[];
}

/** A revision that makes no file. */
export interface Unusable {
  readonly kind: 'unusable';
  readonly revision: string | null;
  readonly problem: Problem;
}

/** This node's file of the group's bundle. */
export function candidateOf(bundle: Bundle, facts: NodeFacts, paths: LocalPaths): Candidate | Unusable {
  if (bundle.kind === 'unusable') return bundle;
  const { conf, settings } = bundle;
  const localised = localise(conf, settings, facts, paths);
  if (localised.kind === 'refused') return { kind: 'unusable', revision: settings.revision, problem: localised.problem };
  return printed(drainable(localised.conf, paths), settings, localised.problems);
}

// --- internal ---

function printed(conf: Conf, { revision }: AgentSettings, problems: readonly Problem[]): Candidate | Unusable {
  try {
    return { kind: 'candidate', revision, conf, text: print(conf), problems };
  } catch (error) {
    if (!(error instanceof UnprintableWord)) throw error;
    return { kind: 'unusable', revision, problem: { reason: 'ConfigInvalid', message: error.message } };
  }
}
