import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The folder for what is costly to download or build and the same for every lab (XDG Base Directory Specification). */
export function cacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keepalived-operator');
}

/** Where `key` (a relative path) is or would be in the cache. */
export const cachePath = (key: string): string => join(cacheDir(), key);

/** The path of what the cache holds under `key`; undefined when it holds nothing there. */
export function inCache(key: string): string | undefined {
  const path = cachePath(key);
  return existsSync(path) ? path : undefined;
}

/**
 * Gives the folder that the cache holds under `key`, made by `make` when it isn't there. `make` fills a folder of its own, which
 * becomes visible under the key when it is whole; what a failed or killed `make` leaves never does, and is swept away.
 */
export async function cached(key: string, make: (folder: string) => Promise<void>): Promise<string> {
  const path = cachePath(key);
  if (existsSync(path)) return path;
  const folder = workFolder(path);
  try {
    await make(folder);
    return settle(folder, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A short name for a list of texts or bytes; another list gets another name. */
export function fingerprint(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}

// --- internal ---

const PARTIAL = '.partial-';

/** A new empty folder beside `path`, named after this process, so that the next one knows whether its maker still lives. */
function workFolder(path: string): string {
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) if (isOrphan(name)) rmSync(join(parent, name), { recursive: true, force: true });
  return mkdtempSync(join(parent, `${PARTIAL}${process.pid}-${basename(path)}-`));
}

function isOrphan(name: string): boolean {
  const pid = new RegExp(`^\\${PARTIAL}(\\d+)-`).exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** When another process was faster, its work stands: nobody's files change under a reader. */
function settle(folder: string, path: string): string {
  try {
    renameSync(folder, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
  return path;
}
