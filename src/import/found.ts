import type { LabelSelector } from '../api/core.ts';
import type { AddressPoolSpec } from '../api/pool/address-pool.ts';
import { parseRange } from '../net/range.ts';
import { labelOf, type Manifest, selectorOf } from './manifest.ts';

/** Where addresses are announced: what a KeepalivedGroup says. */
export interface Place {
  readonly interface?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** A pool of a peer, in our words. */
export interface FoundPool {
  /** As the peer calls it: Services name it so. */
  readonly name: string;
  readonly namespace?: string;
  readonly spec: Omit<AddressPoolSpec, 'group'> & { readonly addresses: readonly string[] };
  readonly place: Place;
}

/** What the manifests of one peer say. */
export interface Found {
  readonly pools: readonly FoundPool[];
  /** Sentences about what has no counterpart, the object first. */
  readonly notes: readonly string[];
}

/** What is read so far, and what has to be said of it. */
export class Notes {
  readonly all: string[] = [];

  add(object: Manifest, sentence: string): void {
    this.all.push(`${labelOf(object)}: ${sentence}`);
  }

  /** Says of fields that are set that they have no counterpart. */
  without(object: Manifest, fields: Manifest, names: readonly string[], prefix = 'spec'): void {
    for (const name of names) if (isSet(fields[name])) this.add(object, `${prefix}.${name} has no counterpart and is left out`);
  }

  /** Addresses in the order in which they stand, without blanks; what is neither a prefix nor a range nor an address is left out. */
  ranges(object: Manifest, found: readonly string[]): string[] {
    return found.flatMap((one) => {
      const range = one.replace(/\s/g, '');
      if (parseRange(range) !== undefined) return [range];
      this.add(object, `${JSON.stringify(one)} is not a prefix, a range or an address, and is left out`);
      return [];
    });
  }

  /** The one selector of several of which any may match: ours has one. */
  oneSelector(object: Manifest, field: string, found: readonly unknown[]): LabelSelector | undefined {
    const selectors = found.flatMap((one) => selectorOf(one) ?? []);
    const [first] = selectors;
    if (selectors.length < 2) return first;
    const [key, ...others] = new Set(selectors.flatMap(({ matchLabels = {} }) => Object.keys(matchLabels)));
    const isSimple = selectors.every(
      ({ matchLabels = {}, matchExpressions }) => Object.keys(matchLabels).length === 1 && !matchExpressions,
    );
    if (isSimple && key !== undefined && others.length === 0)
      return { matchExpressions: [{ key, operator: 'In', values: selectors.flatMap(({ matchLabels = {} }) => matchLabels[key] ?? []) }] };
    this.add(
      object,
      `${field} has ${selectors.length} selectors of which one has to match, and we have one selector; only the first is taken`,
    );
    return first;
  }

  /** Labels that a node must have: ours are equalities, of one selector. */
  nodeSelector(object: Manifest, field: string, found: readonly unknown[]): Readonly<Record<string, string>> | undefined {
    const selectors = found.flatMap((one) => selectorOf(one) ?? []);
    const [first] = selectors;
    if (selectors.length > 1)
      this.add(
        object,
        `${field} has ${selectors.length} selectors of which one has to match, and spec.nodeSelector of a group has one; only the first is taken: give all these nodes a label of their own`,
      );
    if (first?.matchExpressions !== undefined)
      this.add(
        object,
        `${field} has matchExpressions, and spec.nodeSelector of a group compares labels only; they are left out: give these nodes a label of their own`,
      );
    const labels = first?.matchLabels ?? {};
    return Object.keys(labels).length > 0 ? labels : undefined;
  }

  /** The interface, if it is one and no pattern. */
  interfaceOf(object: Manifest, field: string, names: readonly string[]): string | undefined {
    const [first] = names;
    if (first === undefined) return undefined;
    const isName = /^[a-zA-Z0-9_.@:-]{1,15}$/.test(first.replace(/^\^|\$$/g, ''));
    if (names.length > 1 || !isName)
      this.add(
        object,
        `${field} names ${names.join(', ')}, and a group has one interface by its name; ${isName ? `${first} is taken` : 'the interface is found by an address of the pool instead'}`,
      );
    return isName ? first.replace(/^\^|\$$/g, '') : undefined;
  }
}

/** The place without what is unknown. */
export const placeOf = (name: string | undefined, nodeSelector: Place['nodeSelector']): Place => ({
  ...(name !== undefined && { interface: name }),
  ...(nodeSelector !== undefined && { nodeSelector }),
});

// --- internal ---

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);
