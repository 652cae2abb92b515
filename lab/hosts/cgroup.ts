/** Control groups of a host's pods (man page cgroups(7)); both versions are served. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Makes the control group `path` of a host, such as `/labs/test/node1`, in every hierarchy. It and those around it get as much of the processor,
 * beside everything else that runs on the machine, as the pods of so many machines would on machines of their own.
 */
export function makeCgroups(path: string): void {
  for (const hierarchy of hierarchies()) {
    mkdirSync(join(hierarchy, path), { recursive: true });
    for (let [group, depth] = [path, 0]; group !== '/'; [group, depth] = [dirname(group), depth + 1])
      giveShares(join(hierarchy, group), SHARES * hostsIn(join(hierarchy, group), depth));
  }
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
/** `cpu.shares` that kubelet gives all pods of a node: 1,024 for each of its cores. */
const SHARES = cpus().length * 1024;
const MOST_SHARES = 262_144;

/** Version 1 has `cpu.shares`, 2 to 262,144; version 2 `cpu.weight`, 1 to 10,000, as container runtimes translate it. A hierarchy without the processor has neither. */
function giveShares(folder: string, wanted: number): void {
  const shares = Math.min(wanted, MOST_SHARES);
  const [v1, v2] = [join(folder, 'cpu.shares'), join(folder, 'cpu.weight')];
  if (existsSync(v1)) writeFileSync(v1, `${shares}`);
  if (existsSync(v2)) writeFileSync(v2, `${1 + Math.floor(((shares - 2) * 9999) / (MOST_SHARES - 2))}`);
}

/** Hosts are `depth` levels below the folder. */
const hostsIn = (folder: string, depth: number): number =>
  depth === 0 ? 1 : childrenOf(folder).reduce((sum, child) => sum + hostsIn(child, depth - 1), 0);

const childrenOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));

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
  return childrenOf(folder).flatMap((child) => [child, ...descendants(child)]);
}
