/** Gaps in a row of answers. */

/** An answered probe. */
export interface Reply {
  /** Counts from 1. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly roundTripMs: number;
}

/** A time in which no probe was answered. */
export interface Gap {
  /** When the first lost probe was sent, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** From there to the next probe that was answered. */
  readonly lengthMs: number;
  readonly lost: number;
  /** Nothing was answered any more when the probing ended. */
  readonly open?: true;
}

/** The gaps between replies, in the order of time; replies may come in any order. */
export function gapsBetween(
  replies: readonly Reply[],
  { sent, everyMs, startedAt }: { readonly sent: number; readonly everyMs: number; readonly startedAt: number },
): Gap[] {
  const sorted = [...replies].sort((a, b) => a.sequence - b.sequence);
  const gaps: Gap[] = [];
  let before: Pick<Reply, 'sequence' | 'sentAt'> = {
    sequence: 0,
    sentAt: (sorted[0]?.sentAt ?? startedAt) - (sorted[0]?.sequence ?? 1) * everyMs,
  };
  for (const reply of sorted) {
    const lost = reply.sequence - before.sequence - 1;
    const start = before.sentAt + everyMs;
    if (lost > 0) gaps.push({ startedAt: start, lengthMs: reply.sentAt - start, lost });
    before = reply;
  }
  const lost = sent - before.sequence;
  if (lost > 0) gaps.push({ startedAt: before.sentAt + everyMs, lengthMs: lost * everyMs, lost, open: true });
  return gaps;
}
