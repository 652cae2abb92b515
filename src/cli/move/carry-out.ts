import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { addressesInWords, isAt, type Job, type Place, placeOf, reversed } from './job.ts';
import { advance, begin, type Limits, type Progress, startedOf } from './progress.ts';
import { readGroup, writeEntries } from './writes.ts';

/** What planned moves need of the world. */
export interface Edge {
  readonly client: Client;
  readonly clock: { monotonic(): number; sleep(milliseconds: number): Promise<void> };
  /** Tells the user how far it is, a line without its end. */
  readonly say: (line: string) => void;
  /** Aborted when the user wants an end: what was started is taken back. */
  readonly signal: AbortSignal;
}

export type Outcome =
  | { readonly kind: 'done' }
  /** `left` did not come back. */
  | { readonly kind: 'reverted'; readonly why: string; readonly left: readonly Job[] };

/** Moves one after the other, waiting for each to be seen at its new node; the first that fails has all that were started taken back. */
export async function carryOut(jobs: readonly Job[], limits: Limits, edge: Edge): Promise<Outcome> {
  const seen = new Sight(edge.client);
  let progress = begin(jobs);
  let unwritten: readonly Job[] = [];
  try {
    for (;;) {
      await seen.look(jobs);
      if (edge.signal.aborted) return takeBack('you ended it', startedOf(progress), limits, edge);
      const next = advance(progress, seen.placeOf, edge.clock.monotonic(), limits);
      if (next.kind === 'revert') return takeBack(next.why, next.started, limits, edge);
      tellArrivals(progress, next.progress, jobs.length, edge);
      progress = next.progress;
      if (next.kind === 'done') return { kind: 'done' };
      unwritten = [...unwritten, ...next.start];
      if (await unlessAway(() => write(edge.client, unwritten))) unwritten = [];
      await edge.clock.sleep(POLL_MS);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return takeBack(error.message, startedOf(progress), limits, edge);
  }
}

/** Waits until something is so, as the groups' status tells it; undefined, or what was the matter at the last look. */
export async function awaited(
  groups: readonly string[],
  why: (groups: readonly KeepalivedGroup[]) => string | undefined,
  timeoutMs: number,
  { client, clock }: Edge,
): Promise<string | undefined> {
  const end = clock.monotonic() + timeoutMs;
  const seen = new Sight(client);
  for (;;) {
    await seen.look(groups.map((group) => ({ group })));
    const reason = why(seen.groups);
    if (reason === undefined || clock.monotonic() >= end) return reason;
    await clock.sleep(POLL_MS);
  }
}

// --- internal ---

const POLL_MS = 250;

/** What was last seen of groups: an API server that doesn't answer for a moment ends nothing. */
class Sight {
  readonly #client: Client;
  readonly #groups = new Map<string, KeepalivedGroup>();

  constructor(client: Client) {
    this.#client = client;
  }

  get groups(): readonly KeepalivedGroup[] {
    return [...this.#groups.values()];
  }

  readonly placeOf = ({ group, router }: Job): Place => placeOf(this.#groups.get(group), router);

  async look(jobs: readonly Pick<Job, 'group'>[]): Promise<void> {
    for (const key of new Set(jobs.map(({ group }) => group)))
      await unlessAway(async () => void this.#groups.set(key, await readGroup(this.#client, key)));
  }
}

/** Whether it was done: an API server that doesn't answer is asked again at the next look. */
async function unlessAway(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'network') return false;
    throw error;
  }
}

async function write(client: Client, jobs: readonly Job[]): Promise<void> {
  for (const [group, members] of Map.groupBy(jobs, (job) => job.group))
    await writeEntries(client, group, Object.fromEntries(members.map(({ router, after }) => [router, after])));
}

function tellArrivals(before: Progress, after: Progress, total: number, { say }: Edge): void {
  for (const [index, { job, milliseconds }] of after.arrived.entries())
    if (index >= before.arrived.length)
      say(
        `[${String(index + 1).padStart(String(total).length)}/${total}] ${addressesInWords(job.addresses)}: ${job.from ?? 'no node'} -> ${job.to} in ${(milliseconds / 1000).toFixed(1)} s`,
      );
}

/** Tells the groups all that stood there before, at once, and waits for the addresses to be back. */
async function takeBack(why: string, started: readonly Job[], { timeoutMs }: Limits, edge: Edge): Promise<Outcome> {
  if (started.length === 0) return { kind: 'reverted', why, left: [] };
  edge.say(`${why}; taking back ${started.length === 1 ? 'the move' : `${started.length} moves`}`);
  const back = started.map(reversed);
  const seen = new Sight(edge.client);
  const end = edge.clock.monotonic() + timeoutMs;
  try {
    for (let isWritten = false; ; ) {
      isWritten = isWritten || (await unlessAway(() => write(edge.client, back)));
      await seen.look(back);
      const left = back.filter((job) => !isWritten || !isAt(seen.placeOf(job), job.to));
      if (left.length === 0 || edge.clock.monotonic() >= end) return { kind: 'reverted', why, left };
      await edge.clock.sleep(POLL_MS);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: 'reverted', why: `${why}; and it could not be taken back: ${error.message}`, left: back };
  }
}
