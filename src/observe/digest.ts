import type { Pod } from '../api/core.ts';
import type { ReportedNode } from '../plan/input.ts';
import { unheardNodes } from '../plan/quarantine.ts';

/**
 * All that the plan of a group follows from what its nodes say, in one text: while it stays the same, so does the plan, whatever else the
 * nodes report. That every node runs what it was told is one fact, so a change costs no plan for each node that takes it up.
 */
export function digestOf(reports: readonly ReportedNode[], pods: readonly Pod[]): string {
  const carried = reports.map(carriedOf);
  return JSON.stringify([
    together(carried.map(({ ids }) => ids)),
    together(carried.map(({ addresses }) => addresses)),
    reports.map(({ node, gateways, networks }) => [node, gateways, networks]).sort(),
    [...new Set(reports.flatMap(({ config }) => config.passwordWaitsAfter ?? []))].sort(),
    reports.flatMap(({ node, config }) => (config.leftOut ? [[node, config.leftOut]] : [])).sort(),
    reports.flatMap(({ node, hints }) => (hints ? [[node, hints]] : [])).sort(),
    unheardNodes({ pods, reports }).length === 0,
  ]);
}

// --- internal ---

/** Sorted words, a blank between two. */
interface Carried {
  readonly ids: string;
  readonly addresses: string;
}

const CARRIED = new WeakMap<ReportedNode, Carried>();

/** A report is read once: a node that says the same again has thousands of addresses, and a group many nodes. */
function carriedOf(report: ReportedNode): Carried {
  const known = CARRIED.get(report);
  if (known !== undefined) return known;
  const carried = {
    ids: textOf(report.instances.map(({ virtualRouterId }) => `${virtualRouterId}`)),
    addresses: textOf(report.instances.flatMap(({ addresses }) => addresses)),
  };
  CARRIED.set(report, carried);
  return carried;
}

/** What is in any of the texts; nodes of a group usually say the same. */
function together(texts: readonly string[]): string {
  const [first = '', ...others] = new Set(texts);
  return others.length === 0 ? first : textOf([first, ...others].flatMap((text) => text.split(' ')));
}

const textOf = (words: readonly string[]): string =>
  [...new Set(words)]
    .filter((word) => word !== '')
    .sort()
    .join(' ');
