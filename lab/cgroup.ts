/** Control groups that a host's pods left behind (man page cgroups(7)); both versions are served. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folders that `path` has below the root of every hierarchy. */
export function cgroupFolders(path: string, root = '/sys/fs/cgroup'): string[] {
  const isUnified = existsSync(join(root, 'cgroup.controllers'));
  const hierarchies = isUnified ? [root] : readdirSync(root).map((controller) => join(root, controller));
  return hierarchies.map((hierarchy) => join(hierarchy, path)).filter((folder) => existsSync(folder));
}

/** Removes the control groups at and below `path` in which no process is; tells whether all are gone. */
export function removeCgroups(path: string): boolean {
  const outcomes = cgroupFolders(path).map(removeEmpty);
  return outcomes.every((gone) => gone);
}

/** Process ids, in the reader's own process namespace, at and below `path`. */
export function processesIn(path: string): number[] {
  const found = cgroupFolders(path).flatMap((folder) => [folder, ...descendants(folder)]);
  return [
    ...new Set(found.flatMap((folder) => readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number))),
  ];
}

// --- internal ---

function removeEmpty(folder: string): boolean {
  for (const child of descendants(folder).reverse()) removeOne(child);
  return removeOne(folder);
}

function removeOne(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'EBUSY' || code === 'ENOTEMPTY') return false;
    throw error;
  }
}

/** Every folder below, parents first. */
function descendants(folder: string): string[] {
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return children.flatMap(({ name }) => [join(folder, name), ...descendants(join(folder, name))]);
}
