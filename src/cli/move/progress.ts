import { addressesInWords, isAt, type Job, type Place } from './job.ts';

/** How far planned moves are. */
export interface Progress {
  readonly waiting: readonly Job[];
  /** Milliseconds, of a clock that never jumps. */
  readonly running: readonly { readonly job: Job; readonly since: number }[];
  readonly arrived: readonly { readonly job: Job; readonly milliseconds: number }[];
}

export interface Limits {
  /** How many virtual routers may be on their way at a time. */
  readonly atOnce: number;
  /** How long each may take. */
  readonly timeoutMs: number;
}

/** What comes next: always one of these. */
export type Next =
  | { readonly kind: 'go-on'; readonly progress: Progress; readonly start: readonly Job[] }
  | { readonly kind: 'done'; readonly progress: Progress }
  /** One did not arrive in time; `started` are all that have to be taken back. */
  | { readonly kind: 'revert'; readonly why: string; readonly started: readonly Job[] };

export const begin = (jobs: readonly Job[]): Progress => ({ waiting: jobs, running: [], arrived: [] });

/** Judges what was seen at a moment: who has arrived makes room for the next; one that is late ends all. */
export function advance(progress: Progress, look: (job: Job) => Place, now: number, { atOnce, timeoutMs }: Limits): Next {
  const isThere = ({ job }: Progress['running'][number]): boolean => isAt(look(job), job.to);
  const arrived = [...progress.arrived, ...progress.running.filter(isThere).map(({ job, since }) => ({ job, milliseconds: now - since }))];
  const running = progress.running.filter((one) => !isThere(one));
  const late = running.find(({ since }) => now - since >= timeoutMs);
  if (late !== undefined) return { kind: 'revert', why: whyLate(late.job, look(late.job), timeoutMs), started: startedOf(progress) };
  const start = progress.waiting.slice(0, Math.max(0, atOnce - running.length));
  const next = {
    waiting: progress.waiting.slice(start.length),
    running: [...running, ...start.map((job) => ({ job, since: now }))],
    arrived,
  };
  return next.running.length === 0 ? { kind: 'done', progress: next } : { kind: 'go-on', progress: next, start };
}

/** Those that were told to go, the last first. */
export const startedOf = ({ arrived, running }: Progress): Job[] => [...arrived, ...running].map(({ job }) => job).reverse();

// --- internal ---

function whyLate({ addresses, to }: Job, { states, node, plannedNode }: Place, timeoutMs: number): string {
  const late = `${addressesInWords(addresses)} did not come to ${to} within ${timeoutMs / 1000} s`;
  if (states.length === 0) return `${late}: the group has no such virtual router any more`;
  if (plannedNode !== to) return `${late}: the operator plans ${plannedNode ?? 'no node'} for it; see the condition Accepted of the group`;
  const state = `its state is ${[...new Set(states)].join(', ')}`;
  if (node === to) return `${late}: it is on ${to}, but ${state}`;
  return `${late}: ${node === undefined ? state : `${node} still has it`}`;
}
