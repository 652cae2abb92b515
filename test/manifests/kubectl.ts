/** kubectl for tests that ask no cluster, from wherever this machine has one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { folderWith, searchedFolders } from '../../lab/kubernetes/kubernetes.ts';
import { run } from '../../lab/machine/run.ts';

const folder = folderWith('kubectl', searchedFolders());

/** Why there is no kubectl here. */
export const withoutKubectl: string | undefined = folder === undefined ? 'kubectl is not on PATH' : undefined;

/** The end of the names of tests that are skipped without kubectl; empty where they run. */
export const withoutKubectlWords = withoutKubectl === undefined ? '' : ` (skipped: ${withoutKubectl})`;

/** Runs kubectl and gives what it printed; throws with what it complained of. */
export async function kubectl(...parameters: readonly string[]): Promise<string> {
  return (await run([join(folder ?? '', 'kubectl'), ...parameters], { timeoutMs: 60_000 })).stdout;
}

/** Gives `use` a folder whose kustomization has another as its base, and more lines; the folder is there only meanwhile. */
export async function overlay<Result>(base: string, more: string, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'overlay-'));
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), `resources:\n  - ${relative(folder, resolve(base))}\n${more}`);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
