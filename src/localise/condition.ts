import type { Conf, Statement } from '../conf/tree.ts';

/** The statements for a node that is called by any of these names, without conditions: what `keepalived --config-id` would read. */
export function forNames(conf: Conf, names: readonly string[]): Statement[] {
  return conf.filter((statement) => holds(statement, names)).map((statement) => unconditional(statement, names));
}

// --- internal ---

function holds({ condition }: Statement, names: readonly string[]): boolean {
  return condition === undefined || names.includes(condition.id) !== condition.negated;
}

function unconditional({ keyword, words, block }: Statement, names: readonly string[]): Statement {
  return { keyword, words, ...(block && { block: forNames(block, names) }) };
}
