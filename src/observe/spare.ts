import type { NodeReport } from '../api/node/report.ts';
import type { Word } from './evidence.ts';
import type { ExpectedRouter, Ownership } from './ownership.ts';

/**
 * How many addresses would have no owner if the node that owns them were lost now: no other node that answers stands by for their virtual router.
 * Those without an owner today are not among them.
 */
export function withoutSpare(routers: readonly ExpectedRouter[], owners: ReadonlyMap<string, Ownership>, words: readonly Word[]): number {
  const standBy = words.map(({ report }) => ({ node: report.node, names: backupsIn(report) }));
  const bare = routers.filter(({ name }) => {
    const owner = owners.get(name);
    return owner?.kind === 'Owned' && !standBy.some(({ node, names }) => node !== owner.node && names.has(name));
  });
  return bare.reduce((sum, { addresses }) => sum + addresses.length, 0);
}

// --- internal ---

/** A report never changes, and is looked at often. */
const BACKUPS = new WeakMap<NodeReport, ReadonlySet<string>>();

function backupsIn(report: NodeReport): ReadonlySet<string> {
  const known = BACKUPS.get(report);
  if (known !== undefined) return known;
  const names = new Set(report.daemon.running ? report.instances.flatMap(({ name, state }) => (state === 'BACKUP' ? [name] : [])) : []);
  BACKUPS.set(report, names);
  return names;
}
