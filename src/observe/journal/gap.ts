import type { WithoutOwner } from '../../api/virtual-ip/virtual-ip.ts';
import type { Instant } from './clock.ts';
import type { Tenure } from './tenure.ts';

/** Milliseconds for which two nodes that hear each other may both be MASTER: as they tell it, and where the next one counted no adverts besides. */
const HANDOVER = { told: 250, missed: 100 };

/**
 * Whether the node before went on as MASTER for so long that the next one can't have heard it: it was cut off, and nobody reached it.
 */
export function isCutOff(before: Tenure, after: Tenure): boolean {
  const { silence, start } = after;
  // One whose end nobody has told was the owner at its last word.
  const until = before.end === undefined ? before.lastKnown : before.end.at?.at;
  if (silence === undefined || until === undefined) return false;
  const interval = silence.atMost - silence.atLeast;
  const errors = start.error + (before.end?.at?.error ?? 0);
  return until - start.at > (isMissed(after) ? errors + HANDOVER.missed : interval + HANDOVER.told);
}

/** Whether a node took over because it heard no adverts, of whomever. */
export const isMissed = (after: Tenure | undefined): boolean => missed(after) !== undefined;

/**
 * How long nobody had the address between two tenures, in bounds; undefined where nothing that was heard bounds it. By the two nodes' own words
 * where there are; of a node that fell silent by what its successor knows of its last advert, else by its own last report.
 */
export function gapBetween(before: Tenure | undefined, after: Tenure): WithoutOwner | undefined {
  if (before === undefined) {
    const silence = missed(after);
    return silence && bounds(silence.atLeast, silence.atMost, 'LastAdvert');
  }
  const isTold = after.time !== '';
  if (isTold && isCutOff(before, after)) return byLastAdvert(before, after, Number.POSITIVE_INFINITY);
  const end = before.end?.at;
  if (isTold && end !== undefined) return byTransitions(before, after, end);
  const sinceReport = after.start.at + after.start.error - before.lastKnown;
  if (isTold && after.silence !== undefined) return byLastAdvert(before, after, sinceReport);
  return Number.isFinite(sinceReport) ? bounds(0, sinceReport, 'LastReport') : undefined;
}

// --- internal ---

const missed = (after: Tenure | undefined): Tenure['silence'] => (after?.resigned === false ? after.silence : undefined);

function byTransitions({ end }: Tenure, { start }: Tenure, last: Instant): WithoutOwner {
  const [length, error] = [start.at - last.at, start.error + last.error];
  // The kernel of a node whose keepalived was killed or hangs goes on answering.
  const isLeft = end?.why === 'DaemonStopped' || end?.why === 'DaemonHung';
  return bounds(isLeft ? 0 : length - error, length <= 0 ? 0 : length + error, 'Transitions');
}

/** Who says that it gives up is followed at once, long before its adverts are missed. */
function byLastAdvert(before: Tenure, { node, silence, resigned }: Tenure, most: number): WithoutOwner {
  const { atLeast = 0, atMost = most } = silence ?? {};
  const isMissed = resigned !== true && before.node !== node;
  return bounds(isMissed ? Math.min(atLeast, most) : 0, Math.min(atMost, most), 'LastAdvert');
}

const bounds = (atLeast: number, atMost: number, by: WithoutOwner['by']): WithoutOwner => ({
  atLeastMilliseconds: Math.max(0, Math.round(atLeast)),
  atMostMilliseconds: Math.max(0, Math.round(atMost)),
  by,
});
