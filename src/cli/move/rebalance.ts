import { PREFERRED_NODES_ANNOTATION } from '../../api/names.ts';
import { ApiError } from '../../kube/api-error.ts';
import { byText } from '../../net/text-order.ts';
import { WHY } from '../../plan/placement/standing.ts';
import { type Answer, failed, told } from '../answer.ts';
import { amiss, countOfAddresses, reverted } from './answers.ts';
import { awaited, carryOut, type Edge } from './carry-out.ts';
import type { PlannedCluster } from './cluster.ts';
import { entriesOf } from './entries.ts';
import { byRouter, type Job, placeOf } from './job.ts';
import { lookAt } from './look.ts';
import type { Limits } from './progress.ts';
import { askToRebalance, rightOnGroup, whyNotAllowed, writeEntries } from './writes.ts';

/** What is asked for. */
export interface Rebalance {
  /** `namespace/name`; all groups when absent. */
  readonly group?: string;
  /** How many virtual routers of a group may move; any number when absent. */
  readonly most?: number;
  /** Whether to say only what would move. */
  readonly isDry: boolean;
  /** Tells this request from others: a time. */
  readonly now: string;
}

/**
 * Makes the homes of groups even, and moves what that moves so many at a time: by entries in the group first, as any planned move, which can be
 * taken back; when all have arrived the group is asked for the same homes, and the entries go.
 * @throws ApiError when the cluster can't be read, or a write fails before anything has moved
 */
export async function rebalance(wanted: Rebalance, limits: Limits, edge: Edge): Promise<Answer> {
  const cluster = await lookAt(edge);
  const keys = wanted.group === undefined ? [...cluster.groups.keys()].sort(byText) : [wanted.group];
  const unknown = keys.find((key) => !cluster.groups.has(key));
  if (unknown !== undefined)
    return failed(`there is no KeepalivedGroup ${unknown}; there are: ${[...cluster.groups.keys()].join(', ') || 'none'}`);
  const asked = wanted.most === undefined ? wanted.now : `${wanted.now}/${wanted.most}`;
  const changes = keys.map((key) => changeOf(cluster, key, asked)).filter(({ jobs, entries }) => jobs.length + entries.length > 0);
  if (changes.length === 0) return told('the addresses are even already\n');
  if (wanted.isDry) return told(changes.map(inWords).join(''));
  const why = changes.map((one) => whyUnfit(cluster, one)).find((one) => one !== undefined);
  if (why !== undefined) return amiss(`${why}; nothing was changed`);
  const denied = await whyNotAllowed(
    edge.client,
    changes.map(({ group }) => rightOnGroup(group)),
  );
  if (denied !== undefined) return failed(denied);
  const jobs = changes.flatMap((one) => one.jobs);
  const outcome = await carryOut(jobs, limits, edge);
  if (outcome.kind === 'reverted') return reverted('the addresses are not even', outcome);
  for (const change of changes) {
    const open = await saved(change, asked, limits, edge).catch(sentenceOf);
    if (open !== undefined) return amiss(`${countOfAddresses(jobs)} moved, and ${open}; run rebalance again`);
  }
  return told(`${countOfAddresses(jobs)} moved; the addresses are ${wanted.most === undefined ? 'even' : 'more even'} now\n`);
}

// --- internal ---

/** What is to become of a group. */
interface Change {
  readonly group: string;
  readonly jobs: readonly Job[];
  /** Virtual routers that an entry, of an earlier rebalance that was ended, has on their new node already. */
  readonly entries: readonly string[];
}

/** The virtual routers whose preferred node changes. One that somebody has moved by hand stays where it is. */
function changeOf(cluster: PlannedCluster, group: string, asked: string): Change {
  const before = cluster.plans.get(group);
  const homes = cluster.withRebalance(group, asked).plans.get(group)?.homes ?? {};
  const entries = entriesOf(cluster.groups.get(group)?.metadata.annotations?.[PREFERRED_NODES_ANNOTATION]);
  const moved = Object.entries(homes).flatMap(([router, [to]]) =>
    to === undefined || to === before?.homes[router]?.[0] ? [] : [{ router, to }],
  );
  const routers = byRouter(before?.routers ?? []);
  const jobs = moved.flatMap(({ router, to }): Job[] => {
    const { addresses = [] } = routers.get(router) ?? {};
    if (entries[router] !== undefined || addresses.length === 0) return [];
    const { node: from } = placeOf(cluster.groups.get(group), router);
    return [{ group, router, addresses, to, after: to, ...(from !== undefined && { from }) }];
  });
  return { group, jobs, entries: moved.flatMap(({ router, to }) => (entries[router] === to ? [router] : [])) };
}

function whyUnfit(cluster: PlannedCluster, { group, jobs }: Change): string | undefined {
  const standing = cluster.plans.get(group)?.standing;
  const unfit = jobs.map(({ to }) => to).find((to) => standing?.has(to));
  const why = unfit === undefined ? undefined : standing?.get(unfit);
  return why === undefined ? undefined : `${unfit} is to get addresses of KeepalivedGroup ${group}, and ${WHY[why]}`;
}

/** Has the group save the homes that its virtual routers have moved to, and takes out the entries of those that it did; or what is open. */
async function saved({ group, jobs, entries }: Change, asked: string, limits: Limits, edge: Edge): Promise<string | undefined> {
  await askToRebalance(edge.client, group, asked);
  let homes: Readonly<Record<string, readonly string[]>> = {};
  const late = await awaited(
    [group],
    ([one]) => {
      homes = one?.status?.homes ?? {};
      return one?.status?.rebalanced === asked ? undefined : `KeepalivedGroup ${group} has not saved the new preferred nodes`;
    },
    limits.timeoutMs,
    edge,
  );
  if (late !== undefined) return late;
  const settled = jobs.filter(({ router, to }) => homes[router]?.[0] === to).map(({ router }) => router);
  await writeEntries(edge.client, group, Object.fromEntries([...settled, ...entries].map((router) => [router, undefined])));
  const left = jobs.length - settled.length;
  return left === 0 ? undefined : `${left} virtual routers of KeepalivedGroup ${group} stay where they were moved to by preference`;
}

function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return `the new preferred nodes could not be saved: ${error.message}`;
  throw error;
}

const inWords = ({ group, jobs }: Change): string =>
  [`KeepalivedGroup ${group}: ${countOfAddresses(jobs)} would move`, ...jobs.map(lineOf), ''].join('\n');

const lineOf = ({ addresses, from, to }: Job): string => `  ${addresses.join(', ')}: ${from ?? 'no node'} -> ${to}`;
