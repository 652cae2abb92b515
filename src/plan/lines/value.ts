import { parseAddress } from '../../net/address.ts';

/**
 * What may follow a keyword; keepalived refuses the whole file for a value that it can't take. It is data, because the admission policy
 * judges by it too.
 */
export interface Value {
  /** In words. */
  readonly expected: string;
  /** Regular expression (in what RE2 and JavaScript share) of the whole value. */
  readonly pattern: string;
  /** Of a number. */
  readonly low?: number;
  readonly high?: number;
  readonly isAddress?: true;
}

export function fits(
  { pattern, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY, isAddress }: Value,
  value: string,
): boolean {
  if (!new RegExp(`^(?:${pattern})$`).test(value)) return false;
  if (isAddress) return parseAddress(value) !== undefined;
  return low === Number.NEGATIVE_INFINITY || (Number(value) >= low && Number(value) <= high);
}

export const integer = (low: number, high: number): Value => ({
  expected: `a whole number, ${low}-${high}`,
  pattern: low < 0 ? '-?[0-9]{1,9}' : '[0-9]{1,9}',
  low,
  high,
});

export const decimal = (low: number, high: number): Value => ({
  expected: `a number, ${low}-${high}`,
  pattern: '[0-9]{1,4}([.][0-9]{1,6})?',
  low,
  high,
});

export const oneOf = (...words: readonly string[]): Value => ({
  expected: words.map((word) => word || 'nothing').join(' or '),
  pattern: words.join('|'),
});

/** Words that this code doesn't judge. */
export const words = (expected: string): Value => ({ expected, pattern: '.*[^ ].*' });

export const address = (family: string): Value => ({ expected: `an ${family} address`, pattern: '[0-9A-Fa-f.:]+', isAddress: true });

/** The value of these is not read. */
export const FLAG: Value = { expected: 'nothing', pattern: '.*' };

export const TRUTH: Value = { expected: 'nothing, on or off', pattern: '|on|off|true|false|yes|no' };
