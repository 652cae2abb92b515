import { problemsOf, refusalOf } from '../activation/attempt.ts';
import type { FileNotWritten } from '../facts.ts';
import { type Place, roomProblems } from '../files/room-problems.ts';
import type { State } from '../state.ts';
import { hangs } from './observed.ts';
import type { View } from './report.ts';

/** What the report tells beside the agent's state. */
export type Surroundings = Pick<
  View,
  'group' | 'node' | 'pod' | 'interfaces' | 'podAddresses' | 'checks' | 'isDataPathHealthy' | 'gateways' | 'wire' | 'now'
> &
  Place & {
    /** The first track file that could not be written. */
    readonly trackFile: FileNotWritten | null;
  };

/** The agent's state as the report tells it. */
export function viewOf(
  { active, newest, hold, observed, reloads, link, interfaces, portProblem, notWritten, settings }: State,
  around: Surroundings,
): View {
  const found = problemsOf(newest, active?.candidate ?? null);
  const problems = [...found, ...roomProblems({ notWritten, trackFile: around.trackFile, isCut: observed.isCut }, around)];
  return {
    ...around,
    group: settings?.group ?? around.group,
    active: active && { revision: active.candidate.revision, since: active.since },
    passwordWaitsAfter: hold.waitsSince === null ? null : hold.round,
    leftOut: active?.candidate.leftOut ?? [],
    refused: refusalOf(newest),
    daemonRuns: observed.runs,
    daemonHangs: hangs(observed, around.now.at),
    reloads,
    link: link.link,
    instances: observed.instances,
    histories: observed.histories,
    transitions: observed.transitions,
    conf: active?.candidate.conf ?? null,
    links: interfaces,
    problems: portProblem ? [...problems, portProblem] : problems,
  };
}
