/** Exit statuses, the same of every verb (docs/reference/kubectl-keepalived.md). */
export const EXIT = {
  /** It did what was asked, and found nothing wrong. */
  well: 0,
  /** It could not do what was asked: a wrong word, no such object, no answer, no right. */
  failed: 1,
  /** It answered, and something is wrong with what was asked about; of planned moves: not all was done. */
  amiss: 2,
} as const;

/** What a command says, and to whom. */
export interface Answer {
  readonly stdout: string;
  /** Lines for people: refusals and what the input leaves open. */
  readonly notes: readonly string[];
  /** Exit status. */
  readonly status: number;
}

/** The status of an answer that holds something wrong, or nothing. */
export const statusOf = (isAmiss: boolean): number => (isAmiss ? EXIT.amiss : EXIT.well);

export const told = (stdout: string, notes: readonly string[] = []): Answer => ({ stdout, notes, status: EXIT.well });
export const failed = (sentence: string, notes: readonly string[] = []): Answer => ({
  stdout: '',
  notes: [...notes, `error: ${sentence}`],
  status: EXIT.failed,
});
