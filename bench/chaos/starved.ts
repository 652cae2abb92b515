/** When this machine let keepalived wait for a processor: what its adverts missed meanwhile is the machine's. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostOf, stateOf } from '../../lab/cluster/state.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Span } from './client.ts';

/** Of one process, the milliseconds that it has waited for a processor since it began. */
export interface Waited {
  readonly at: number;
  readonly milliseconds: number;
}

/**
 * The time between two looks, where the process waited for too long in it, with its consequences. The kernel counts a wait when it is over, so
 * it may have begun before the first of them.
 */
export function starvedIn(before: Waited, now: Waited): Span | undefined {
  const waited = now.milliseconds - before.milliseconds;
  if (waited < STARVED_MS) return undefined;
  return { from: Math.min(before.at, now.at - waited) - CONSEQUENCES_MS, to: now.at + CONSEQUENCES_MS };
}

/** Looks at the keepalived of all nodes of a lab. */
export class Starvation {
  readonly spans: Span[] = [];
  #known = new Map<string, Waited>();
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  look(): void {
    const at = Date.now();
    const now = new Map(processesOf(this.#lab).map((pid) => [pid, { at, milliseconds: waitedBy(pid) }]));
    for (const [pid, waited] of now) {
      const before = this.#known.get(pid);
      const span = before && starvedIn(before, waited);
      if (span !== undefined) this.spans.push(span);
    }
    this.#known = now;
  }
}

/** Milliseconds of a span that others cover. */
export function coveredMs({ from, to }: Span, others: readonly Span[]): number {
  let covered = 0;
  let end = from;
  for (const one of others.toSorted((a, b) => a.from - b.from)) {
    const [begin, finish] = [Math.max(one.from, end), Math.min(one.to, to)];
    if (finish > begin) covered += finish - begin;
    end = Math.max(end, finish);
  }
  return covered;
}

// --- internal ---

/** Three adverts of the defaults of a new group; eight that are missing make another node the owner. */
const STARVED_MS = 300;
/** Until another node has taken over and given way again, and the status has followed. */
const CONSEQUENCES_MS = 3000;

/** By the network that they are on: other labs may run beside this one. */
function processesOf(lab: Lab): string[] {
  const state = stateOf(lab.name);
  const networks = new Set(lab.nodes.flatMap((node) => read(() => networkOf(String(hostOf(state, node).init.pid))) ?? []));
  return readdirSync('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      read(() => readFileSync(`/proc/${pid}/comm`, 'utf8')) === 'keepalived\n' &&
      networks.has(read(() => networkOf(pid)) ?? ''),
  );
}

const networkOf = (pid: string): string => readlinkSync(`/proc/${pid}/ns/net`);
/** The second field of /proc/PID/schedstat, in nanoseconds (Documentation/scheduler/sched-stats.rst). */
const waitedBy = (pid: string): number => Number((read(() => readFileSync(`/proc/${pid}/schedstat`, 'utf8')) ?? '0 0').split(' ')[1]) / 1e6;

/** A process may end while it is looked at. */
function read<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
