/** What nodes said, and when. */
import type { NodeReport } from '../../src/api/node/report.ts';
import type { Word } from '../../src/observe/evidence.ts';
import type { Expected } from '../../src/observe/observe.ts';
import { claimsIn, type Ownership, ownershipOf } from '../../src/observe/ownership.ts';

/** @param at - monotonic milliseconds at which it was asked and answered */
export const aWord = (report: NodeReport, at = 0, more: Partial<Word> = {}): Word => ({ report, asked: at, heard: at, ...more });

/** Who owns what by these reports alone, without a past. */
export function ownersBy({ nodes, routers }: Expected, reports: readonly NodeReport[]): ReadonlyMap<string, Ownership> {
  const words = reports.map((report) => aWord(report));
  const areAllHeard = nodes.every((node) => reports.some((report) => report.node === node));
  const claims = claimsIn(words);
  return new Map(routers.map((router) => [router.name, ownershipOf(router, claims.get(router.name) ?? [], areAllHeard)]));
}
