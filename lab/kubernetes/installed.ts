import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachePath, fingerprint } from '../cache.ts';
import { COMPONENTS, folderWith, searchedFolders, versionIn } from './kubernetes.ts';

/** Programs that were on the machine before, or a sentence that says what is missing. */
export type Installed = { readonly dir: string; readonly version: string } | { readonly why: string };

/** Looks in `KUBEBUILDER_ASSETS` and `PATH`; where the programs lie in several folders, gives a folder of links to them. */
export async function findInstalled(folders: readonly string[] = searchedFolders()): Promise<Installed> {
  const homes = COMPONENTS.map((name) => ({ name, home: folderWith(name, folders) }));
  const missing = homes.filter(({ home }) => home === undefined).map(({ name }) => name);
  if (missing.length > 0) return { why: `No ${listed(missing)} there.` };
  const programs = homes.map(({ name, home }) => join(home ?? '', name));
  const dir = new Set(homes.map(({ home }) => home)).size === 1 ? (homes[0]?.home ?? '') : linked(programs);
  return { dir, version: await versionIn(dir) };
}

// --- internal ---

/** The folder is named after what it links to: a lab that runs from it is never led elsewhere. */
function linked(programs: readonly string[]): string {
  const dir = cachePath(`kubernetes/links-${fingerprint(programs)}`);
  const fresh = `${dir}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  COMPONENTS.forEach((name, index) => {
    symlinkSync(programs[index] ?? '', join(fresh, name));
  });
  mkdirSync(dirname(dir), { recursive: true });
  rmSync(dir, { recursive: true, force: true });
  renameSync(fresh, dir);
  return dir;
}

const listed = (names: readonly string[]): string =>
  names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
