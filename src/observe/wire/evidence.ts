import type { NodeReport } from '../../api/node/report.ts';
import type { WireAnswer } from '../../api/node/wire.ts';
import type { Word } from '../evidence.ts';
import { type Instant, instantOf } from '../journal/clock.ts';

/** What one node found out about one address. */
export interface Found {
  readonly node: string;
  readonly is: WireAnswer;
  readonly mac: string | undefined;
  /** By the manager's clock. */
  readonly since: Instant;
}

/** A node that answers for an address which it doesn't own. */
export interface Copy {
  readonly node: string;
  readonly interface: string;
}

/** All that the nodes say of the wire at one moment. */
export interface WireEvidence {
  /** Nodes that ask, and answer the manager. */
  readonly askers: ReadonlySet<string>;
  /** Nodes that ask, and answered the manager until a moment ago: one that hears only one other is more likely cut off itself. */
  readonly lately: ReadonlySet<string>;
  readonly foundOf: ReadonlyMap<string, readonly Found[]>;
  /** Hosts that answer for the same address, each as one that was found; also by its owner. */
  readonly contestedOf: ReadonlyMap<string, readonly Found[]>;
  readonly copiesOf: ReadonlyMap<string, readonly Copy[]>;
  /** Link-layer addresses by node, also of those that are silent by now. */
  readonly macs: Macs;
}

export type Macs = ReadonlyMap<string, readonly string[]>;

/** What the words say. Only nodes that answer are witnesses: what a silent one found may be over. @param known - what was told before */
export function evidenceIn(words: readonly Word[], known: Macs, now: number): WireEvidence {
  const asking = words.filter(({ clock, report }) => clock !== undefined && report.wire);
  const speaking = asking.filter(({ silentSince }) => silentSince === undefined);
  return {
    askers: new Set(speaking.map(({ report }) => report.node)),
    lately: new Set(asking.filter(({ silentSince = now }) => now - silentSince < LATELY).map(({ report }) => report.node)),
    foundOf: grouped(speaking.flatMap(foundBy)),
    contestedOf: grouped(speaking.flatMap(contestedBy)),
    copiesOf: grouped(speaking.flatMap(copiesAt)),
    macs: macsAfter(words, known),
  };
}

// --- internal ---

/** Milliseconds. */
const LATELY = 30_000;

type Of<T> = readonly [address: string, T];

function foundBy({ report, clock }: Word): Of<Found>[] {
  if (clock === undefined) return [];
  const { node, wire } = report;
  return (wire?.findings ?? []).map(({ address, is, mac, since }) => [address, { node, is, mac, since: instantOf(since, clock) }]);
}

function contestedBy({ report, clock }: Word): Of<Found>[] {
  if (clock === undefined) return [];
  const { node, wire } = report;
  return (wire?.contested ?? []).flatMap(({ address, macs, since }) =>
    macs.map((mac): Of<Found> => [address, { node, is: 'resolved', mac, since: instantOf(since, clock) }]),
  );
}

const copiesAt = ({ report: { node, wire } }: Word): Of<Copy>[] =>
  (wire?.answersFor ?? []).flatMap((one) => one.addresses.map((address): Of<Copy> => [address, { node, interface: one.interface }]));

function grouped<T>(all: readonly Of<T>[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [address, one] of all) {
    const group = groups.get(address);
    if (group === undefined) groups.set(address, [one]);
    else group.push(one);
  }
  return groups;
}

/** The same map while nothing changes. */
function macsAfter(words: readonly Word[], known: Macs): Macs {
  const told = words.flatMap(({ report }) => {
    const macs = macsOf(report);
    return macs === undefined || known.get(report.node) === macs ? [] : [[report.node, macs] as const];
  });
  return told.length === 0 ? known : new Map([...known, ...told]);
}

const macsOf = ({ link }: NodeReport): readonly string[] | undefined => (link?.macs?.length ? link.macs : undefined);
