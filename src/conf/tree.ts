/**
 * keepalived.conf as a tree. Values are words, not text: a word can't end its line, open a block or become a keyword
 * when it is printed, whatever it holds (keepalived.conf(5)).
 */
export interface Statement {
  /** keepalived's `@id` (this id only) or `@^id` (every other) before the line, without the sign. */
  readonly condition?: Condition;
  readonly keyword: string;
  readonly words: readonly string[];
  /** Present for `keyword words { ... }`, even when empty. */
  readonly block?: readonly Statement[];
}

export interface Condition {
  readonly id: string;
  readonly negated: boolean;
}

/** A whole file. */
export type Conf = readonly Statement[];

/** `keyword words`. */
export function line(keyword: string, ...words: readonly (string | number)[]): Statement {
  return { keyword, words: words.map(String) };
}

/** `keyword words { statements }`. */
export function block(keyword: string, words: readonly (string | number)[], statements: readonly Statement[]): Statement {
  return { keyword, words: words.map(String), block: statements };
}

/** The same statement, only for the node (or pod) of that name. */
export function only(id: string, statement: Statement): Statement {
  return { ...statement, condition: { id, negated: false } };
}
