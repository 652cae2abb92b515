import { DRAIN_ANNOTATION, UNDO_ANNOTATION } from '../../api/names.ts';
import { ApiError } from '../../kube/api-error.ts';
import { type Answer, failed, told } from '../answer.ts';
import { amiss, countOfAddresses, reverted } from './answers.ts';
import { awaited, carryOut, type Edge } from './carry-out.ts';
import type { PlannedCluster } from './cluster.ts';
import { addressesInWords, type Job } from './job.ts';
import { jobOfMove, jobsOfDrain, jobsOfUndrain } from './jobs.ts';
import { lookAt } from './look.ts';
import type { Limits } from './progress.ts';
import { readUndo, withJobs } from './undo.ts';
import { annotateNode, rightOnGroup, whyNotAllowed } from './writes.ts';

/**
 * Moves everything away from a node, so many at a time, and then marks it as drained, which keeps it free and outlives the plugin. What stood in the
 * groups before is saved on the Node first, so that an undrain finds it, also after a drain that was killed.
 * @throws ApiError when the cluster can't be read, or a write fails before anything has moved
 */
export async function drain(name: string, limits: Limits, edge: Edge): Promise<Answer> {
  const cluster = await lookAt(edge);
  const node = cluster.node(name);
  if (node === undefined) return failed(noNode(name, cluster));
  if (node.metadata.annotations?.[DRAIN_ANNOTATION] !== undefined) return told(`${name} is drained already; undrain takes that back\n`);
  const found = jobsOfDrain(cluster, name);
  if (found.kind === 'refused') return amiss(found.why);
  const { jobs } = found;
  const why = await whyNotAllowed(edge.client, [{ resource: 'nodes', name }, ...groupsOf(jobs).map(rightOnGroup)]);
  if (why !== undefined) return failed(why);
  const undo = withJobs(readUndo(node.metadata.annotations?.[UNDO_ANNOTATION]), jobs);
  if (jobs.length > 0) await annotateNode(edge.client, name, { [UNDO_ANNOTATION]: JSON.stringify(undo) });
  const outcome = await carryOut(jobs, limits, edge);
  if (outcome.kind === 'reverted') {
    if (outcome.left.length === 0)
      await annotateNode(edge.client, name, { [UNDO_ANNOTATION]: node.metadata.annotations?.[UNDO_ANNOTATION] ?? null });
    return reverted(`${name} is not drained`, outcome);
  }
  try {
    await annotateNode(edge.client, name, { [DRAIN_ANNOTATION]: '' });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return amiss(`all addresses have left ${name}, and it could not be marked as drained: ${error.message}; run drain again, or undrain`);
  }
  const keys = [...cluster.groups.keys()];
  const left = await awaited(
    keys,
    (groups) => {
      const there = groups.flatMap(({ status }) =>
        (status?.virtualRouters ?? []).filter((one) => one.node === name || one.plannedNode === name),
      );
      return there.length === 0 ? undefined : addressesInWords(there.flatMap(({ addresses }) => addresses));
    },
    limits.timeoutMs,
    edge,
  );
  if (left !== undefined) return amiss(`${name} is marked as drained, and still has or is to have ${left}: look with status node/${name}`);
  return told(
    `${name} is drained: it has no address${jobs.length > 0 ? `, ${countOfAddresses(jobs)} moved` : ''}. undrain takes that back.\n`,
  );
}

/** Takes the mark of a drain away, and brings back what the drain moved, so many at a time. @throws ApiError as {@link drain} */
export async function undrain(name: string, limits: Limits, edge: Edge): Promise<Answer> {
  const cluster = await lookAt(edge);
  const node = cluster.node(name);
  if (node === undefined) return failed(noNode(name, cluster));
  const { [DRAIN_ANNOTATION]: mark, [UNDO_ANNOTATION]: saved } = node.metadata.annotations ?? {};
  if (mark === undefined && saved === undefined) return told(`${name} is not drained\n`);
  const jobs = jobsOfUndrain(cluster, name, readUndo(saved));
  const why = await whyNotAllowed(edge.client, [{ resource: 'nodes', name }, ...groupsOf(jobs).map(rightOnGroup)]);
  if (why !== undefined) return failed(why);
  if (mark !== undefined) await annotateNode(edge.client, name, { [DRAIN_ANNOTATION]: null });
  const outcome = await carryOut(jobs, limits, edge);
  if (outcome.kind === 'reverted') {
    if (mark !== undefined) await annotateNode(edge.client, name, { [DRAIN_ANNOTATION]: mark });
    return reverted(mark === undefined ? `${name} is as before` : `${name} is still drained`, outcome);
  }
  await annotateNode(edge.client, name, { [UNDO_ANNOTATION]: null });
  return told(`${name} is drained no more${jobs.length > 0 ? `: ${countOfAddresses(jobs)} moved` : ''}\n`);
}

/** Moves the virtual router of an address to a node, or back to the node that its group chose. @throws ApiError as {@link drain} */
export async function move(address: string, to: string | undefined, limits: Limits, edge: Edge): Promise<Answer> {
  const cluster = await lookAt(edge);
  const found = jobOfMove(cluster, address, to);
  if (found.kind === 'refused') return failed(found.why);
  const [job] = found.jobs;
  if (job === undefined || (job.from === job.to && job.before === job.after)) return told(`${address} is on ${job?.to} already\n`);
  const why = await whyNotAllowed(edge.client, [rightOnGroup(job.group)]);
  if (why !== undefined) return failed(why);
  if (job.addresses.length > 1)
    edge.say(`${address} shares virtual router ${job.router} with ${job.addresses.length - 1} more; they move together`);
  const outcome = await carryOut(found.jobs, limits, edge);
  if (outcome.kind === 'reverted') return reverted(`${address} was not moved`, outcome);
  const stays =
    job.after === undefined ? 'where its group chose' : `for as long as the node can have it; "move ${address} --home" takes that back`;
  return told(`${address} is on ${job.to}, ${stays}\n`);
}

// --- internal ---

const noNode = (name: string, { nodeNames }: PlannedCluster): string =>
  `there is no Node ${name}; there are: ${nodeNames.join(', ') || 'none'}`;

const groupsOf = (jobs: readonly Job[]): string[] => [...new Set(jobs.map(({ group }) => group))];
