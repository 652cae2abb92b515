/** Control groups of a host's pods (man page cgroups(7)); both versions are served. */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the control group `path` in every hierarchy. */
export function makeCgroups(path: string): void {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, path), { recursive: true });
}

/** Removes the control groups at and below `path` in which no process is; tells whether all are gone. */
export function removeCgroups(path: string): boolean {
  const folders = hierarchies().map((hierarchy) => join(hierarchy, path));
  const outcomes = folders.filter((folder) => existsSync(folder)).map(removeEmpty);
  return outcomes.every((gone) => gone);
}

/** Removes the control group `path` alone, where there is nothing in it: those below may be new, and empty for that reason. */
export function removeCgroupIfEmpty(path: string): void {
  for (const hierarchy of hierarchies()) removeOne(join(hierarchy, path));
}

// --- internal ---

const ROOT = '/sys/fs/cgroup';

/** The one of version 2, or those of version 1 that groups can be made in. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT)
    .map((controller) => join(ROOT, controller))
    .filter((folder) => existsSync(join(folder, 'cgroup.procs')));
}

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
