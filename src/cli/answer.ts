/** What a command says, and to whom. */
export interface Answer {
  readonly stdout: string;
  /** Lines for people: refusals and what the input leaves open. */
  readonly notes: readonly string[];
  /** Exit status. */
  readonly status: number;
}

export const told = (stdout: string, notes: readonly string[] = []): Answer => ({ stdout, notes, status: 0 });
export const failed = (sentence: string, notes: readonly string[] = []): Answer => ({
  stdout: '',
  notes: [...notes, `error: ${sentence}`],
  status: 1,
});
