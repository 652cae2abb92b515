import { STRING_MAP, STRINGS } from '../data/type.ts';
import { itemsOf, NO_VALUE, textOf, type Value } from '../data/value.ts';
import { Refusal } from '../template-error.ts';
import type { CallContext } from './call-context.ts';

/**
 * `parseJson`: a JSON object of strings as a map. Anything else gives an empty map, as templates written for the Go
 * operator expect, and a warning, which names no value: the text may be confidential.
 */
export function parseJson(text: string, context: CallContext): Value {
  const empty: Value = { type: STRING_MAP, raw: {} };
  if (text === '') return empty;
  context.spend(text.length);
  const parsed = parse(text);
  if (parsed === null) return empty;
  const wrong = faultIn(parsed);
  if (wrong === undefined) return { type: STRING_MAP, raw: parsed };
  context.warn(`parseJson: ${wrong}, expected a JSON object whose values are strings; all of it is left out`);
  return empty;
}

/** `mergeStringSlices INGRESS EXTERNALIPS`: every address once, in the caller's order; names of hosts are no addresses. */
export function mergeStringSlices([ingress = NO_VALUE, externalIps = NO_VALUE]: readonly Value[], context: CallContext): Value {
  const addresses = [
    ...itemsOf(ingress).flatMap((entry) => addressOf(entry)),
    ...itemsOf(externalIps).map((raw) => textOf({ type: externalIps.type, raw })),
  ];
  context.spend(addresses.length);
  return { type: STRINGS, raw: [...new Set(addresses)].sort(context.compareAddresses) };
}

/** `modulus a b`: the remainder of a/b with the sign of a, as in Go. */
export function modulus(dividend: number, divisor: number): number {
  if (divisor === 0) throw new Refusal('modulus by zero');
  const remainder = dividend % divisor;
  return remainder === 0 ? 0 : remainder;
}

// --- internal ---

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultIn(parsed: unknown): string | undefined {
  if (parsed === undefined) return 'the text is not JSON';
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return `found ${Array.isArray(parsed) ? 'an array' : `a ${typeof parsed}`}`;
  const [key, value] = Object.entries(parsed).find(([, one]) => one !== null && typeof one !== 'string') ?? [];
  if (key === undefined) return undefined;
  return `the value of ${JSON.stringify(key)} is ${Array.isArray(value) ? 'an array' : `a JSON ${typeof value}`}`;
}

function addressOf(entry: unknown): string[] {
  const address = (entry as { readonly ip?: unknown } | null)?.ip;
  return typeof address === 'string' && address !== '' ? [address] : [];
}
