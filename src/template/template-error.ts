/** A place in a template: both count from 1, columns in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * What is wrong with a template, and where. `parse`: the text is not a template, or uses what is not supported.
 * `execute`: it asks something of the data that the data can't give, or it exceeds a limit.
 */
export class TemplateError extends Error {
  readonly kind: 'parse' | 'execute';
  readonly line: number;
  readonly column: number;
  /** The sentence without the place. */
  readonly reason: string;

  constructor(kind: 'parse' | 'execute', position: Position, reason: string) {
    super(`template line ${position.line}, column ${position.column}: ${reason}`);
    this.name = 'TemplateError';
    this.kind = kind;
    this.line = position.line;
    this.column = position.column;
    this.reason = reason;
  }
}

/** The place of an offset (in UTF-16 units, as strings are indexed). */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

/** A failure whose place the caller knows: inside this room it becomes a `TemplateError` on its way out. */
export class Refusal extends Error {}
