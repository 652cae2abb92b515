/**
 * The value without the texts, and without the entries under keys, that hold a control character or a line end: what a template writes out
 * can't leave its line.
 */
export function singleLines<T>(value: T): T {
  return kept(value) as T;
}

// --- internal ---

/** Control characters, and what YAML 1.1 takes for a line end besides them. */
const BREAKS = /[\p{Cc}\u2028\u2029]/u;

function kept(value: unknown): unknown {
  if (typeof value === 'string') return BREAKS.test(value) ? undefined : value;
  if (Array.isArray(value)) return value.map(kept).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
    const rest = BREAKS.test(key) ? undefined : kept(one);
    return rest === undefined ? [] : [[key, rest]];
  });
  return Object.fromEntries(entries);
}
