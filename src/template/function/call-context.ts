/** What a function may ask of the evaluation that calls it. */
export interface CallContext {
  /** Order of the addresses that `mergeStringSlices` gives. */
  readonly compareAddresses: (left: string, right: string) => number;
  /** Something that the template's author should hear of, though the text goes on. */
  warn(message: string): void;
  /** Counts work that grows with the data; throws when there was too much of it. */
  spend(steps: number): void;
}
