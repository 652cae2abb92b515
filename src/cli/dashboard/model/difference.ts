import { type Facts, TABLES } from './facts.ts';

/** What has to be done to the tables of an earlier moment: records that are new or otherwise, and keys that are gone. */
export type Difference = {
  readonly [T in keyof Facts]?: { readonly set?: Facts[T]; readonly gone?: readonly string[] };
};

/** Undefined where nothing is otherwise. Records that are the same object are not looked into. */
export function differenceOf(before: Facts, after: Facts): Difference | undefined {
  const tables = TABLES.flatMap((table) => {
    const found = ofTable(before[table], after[table]);
    return found === undefined ? [] : [[table, found] as const];
  });
  return tables.length === 0 ? undefined : Object.fromEntries(tables);
}

/** The tables of the later moment. What a difference does not touch stays the same object. */
export function applied(before: Facts, difference: Difference): Facts {
  const tables = TABLES.map((table) => [table, changed(before[table], difference[table])] as const);
  return Object.fromEntries(tables) as unknown as Facts;
}

// --- internal ---

type Table = Readonly<Record<string, object>>;

function ofTable(before: Table, after: Table): { readonly set?: Table; readonly gone?: readonly string[] } | undefined {
  if (before === after) return undefined;
  const set = Object.entries(after).filter(([key, one]) => !isSame(own(before, key), one));
  const gone = Object.keys(before).filter((key) => own(after, key) === undefined);
  if (set.length + gone.length === 0) return undefined;
  return { ...(set.length > 0 && { set: Object.fromEntries(set) }), ...(gone.length > 0 && { gone }) };
}

function changed(table: Table, change: { readonly set?: Table; readonly gone?: readonly string[] } | undefined): Table {
  if (change === undefined) return table;
  const gone = new Set(change.gone);
  return Object.fromEntries([...Object.entries(table).filter(([key]) => !gone.has(key)), ...Object.entries(change.set ?? {})]);
}

const own = (table: Table, key: string): object | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);
const isSame = (a: object | undefined, b: object): boolean => a === b || (a !== undefined && JSON.stringify(a) === JSON.stringify(b));
