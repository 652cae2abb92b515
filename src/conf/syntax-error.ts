/** From 1, in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that is no keepalived.conf, or one that keepalived and this tree would read differently. */
export class ConfSyntaxError extends Error {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** The message without the place. */
  readonly reason: string;

  constructor(reason: string, at: Position) {
    super(`line ${at.line}, column ${at.column}: ${reason}`);
    this.name = 'ConfSyntaxError';
    this.line = at.line;
    this.column = at.column;
    this.reason = reason;
  }
}
