/** Gaps in a row of answers. */

/** A probe whose fate is known. */
export interface Attempt {
  /** Counts from 0, without holes. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Within the time that a probe waits for its answer. */
  readonly answered: boolean;
}

/** A time in which no probe was answered. */
export interface Gap {
  /** When the first lost probe was sent, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** From there until the next probe that was answered was sent. */
  readonly lengthMs: number;
  readonly lost: number;
  /** Nothing was answered any more when the probing ended, so that the gap may have been longer. */
  readonly open?: true;
}

/** The gaps between attempts, in the order of time; attempts may come in any order. */
export function gapsIn(attempts: readonly Attempt[], everyMs: number): Gap[] {
  const sorted = attempts.toSorted((a, b) => a.sequence - b.sequence);
  const gaps: Gap[] = [];
  let lost: Attempt[] = [];
  for (const attempt of sorted) {
    if (!attempt.answered) lost.push(attempt);
    else if (lost.length > 0) {
      gaps.push(gapOf(lost, attempt.sentAt));
      lost = [];
    }
  }
  const last = lost.at(-1);
  return last === undefined ? gaps : [...gaps, { ...gapOf(lost, last.sentAt + everyMs), open: true }];
}

// --- internal ---

function gapOf(lost: readonly Attempt[], until: number): Gap {
  const startedAt = lost[0]?.sentAt ?? until;
  return { startedAt, lengthMs: until - startedAt, lost: lost.length };
}
