import type { KeepalivedGroup, KeepalivedGroupStatus } from '../../api/group/keepalived-group.ts';
import { isRecord } from '../../api/record.ts';

/** What the nodes of a deleted group may run and hold. */
export interface Held
  extends Required<Pick<KeepalivedGroupStatus, 'routerIDs' | 'holders' | 'defaultsGeneration'>>,
    Pick<KeepalivedGroupStatus, 'homes'> {
  readonly segment?: string;
}

/** What the annotations of an object may have together is 256 KiB; the names of thousands of Services would not go in. */
export const LONGEST = 200_000;

/** What a group had, as the text of an annotation: of one with too much for it the homes and the Services' names are left out, and of more than ten thousand the last. */
export function heldText({ spec, status }: KeepalivedGroup): string {
  const { routerIDs = {}, homes, holders = {}, defaultsGeneration = 1 } = status ?? {};
  const fixed = { ...(spec?.segment && { segment: spec.segment }), defaultsGeneration, routerIDs };
  const whole = JSON.stringify({ ...fixed, homes, holders });
  if (whole.length <= LONGEST) return whole;
  let room = LONGEST - JSON.stringify({ ...fixed, holders: {} }).length;
  const nameless = Object.keys(holders).flatMap((address) => {
    room -= address.length + NAMELESS;
    return room < 0 ? [] : [[address, ''] as const];
  });
  return JSON.stringify({ ...fixed, holders: Object.fromEntries(nameless) });
}

/** What such a text says; undefined when it isn't one. */
export function heldIn(text: string | undefined): Held | undefined {
  if (text === undefined) return undefined;
  try {
    const { segment, defaultsGeneration = 1, routerIDs, homes, holders } = JSON.parse(text) as Record<string, unknown>;
    if (!isMapOf(routerIDs, isNumber) || !isMapOf(holders, isText) || !isNumber(defaultsGeneration)) return undefined;
    return { ...(isText(segment) && { segment }), defaultsGeneration, routerIDs, ...(isMapOf(homes, isNames) && { homes }), holders };
  } catch {
    return undefined;
  }
}

// --- internal ---

/** Of an address in JSON: four quotes, a colon and a comma. */
const NAMELESS = 6;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isInteger(value);
const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

function isMapOf<T>(value: unknown, isOne: (value: unknown) => value is T): value is Record<string, T> {
  return isRecord(value) && Object.values(value).every(isOne);
}
