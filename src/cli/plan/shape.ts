import { isRecord } from '../../api/record.ts';

/**
 * What a value has to look like: a kind of scalar, a list of one shape, or an object of which these keys are read. A key that ends in `!` has
 * to be there; `*` stands for every key that is not named.
 */
export type Shape = 'any' | 'string' | 'number' | 'boolean' | readonly [Shape] | { readonly [key: string]: Shape };

/** The first place where a value has another shape, with what is there and what is expected; undefined when there is none. */
export function mismatch(value: unknown, shape: Shape, path = ''): string | undefined {
  if (value === undefined || shape === 'any') return undefined;
  if (typeof shape === 'string') {
    const hint = shape === 'string' && isScalar(value) ? ': write it in quotes' : '';
    return typeof value === shape ? undefined : `${path} is ${described(value)}, expected a ${shape}${hint}`;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return `${path} is ${described(value)}, expected a list`;
    return first(value.map((item, index) => mismatch(item, shape[0], `${path}[${index}]`)));
  }
  if (!isRecord(value)) return `${path} is ${described(value)}, expected an object`;
  const missing = Object.keys(shape).find((key) => key.endsWith('!') && value[key.slice(0, -1)] === undefined);
  if (missing !== undefined) return `${path} has no ${missing.slice(0, -1)}`;
  const fieldOf = (key: string): Shape | undefined => shape[key] ?? shape[`${key}!`] ?? shape['*'];
  return first(Object.entries(value).map(([key, item]) => fieldMismatch(item, fieldOf(key), `${path}${path && '.'}${key}`)));
}

/** The value without the fields that are null, which the API server drops. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one)]])));
}

// --- internal ---

const fieldMismatch = (value: unknown, shape: Shape | undefined, path: string): string | undefined =>
  shape === undefined ? undefined : mismatch(value, shape, path);

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);
const isScalar = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';
const first = (found: readonly (string | undefined)[]): string | undefined => found.find((one) => one !== undefined);

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isScalar(value) ? `the ${typeof value} ${value}` : typeof value === 'string' ? `the text ${JSON.stringify(value)}` : 'an object';
}
