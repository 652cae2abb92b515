import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Answer } from '../../cli/answer.ts';
import type { ConnectionOptions } from '../../cli/connection-options.ts';
import { readObjects, type Source } from '../../cli/plan/read-objects.ts';
import type { ClusterObjects } from '../../cli/read-cluster.ts';
import { connect } from '../../kube/connection/connection.ts';
import { HttpClient } from '../../kube/http-client.ts';

export const clientOf = ({ kubeconfig, context }: ConnectionOptions): HttpClient =>
  new HttpClient({ connection: connect(kubeconfig, context) });

/** What people call the cluster: the name of the kubeconfig's context, and the API server. */
export function clusterOf({ kubeconfig, context }: ConnectionOptions): string {
  const { name, server } = connect(kubeconfig, context);
  return name === undefined || name === '' ? server.host : `${name}, ${server.host}`;
}

/** Namespace of the kubeconfig's context. */
export const namespaceOf = ({ kubeconfig, context }: ConnectionOptions): string | undefined => connect(kubeconfig, context).namespace;

export function tell({ stdout, notes, status }: Answer): void {
  process.stdout.write(stdout);
  notes.forEach(note);
  process.exitCode = status;
}

export const print = (words: string): void => void process.stdout.write(words);
export const say = (line: string): void => print(`${line}\n`);
export const note = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/** Aborts at the first Ctrl-C; a second one ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** Writes a file that only its owner may read, and no other in its place. */
export const writePrivately = (file: string, bytes: Buffer): Promise<void> => writeFile(file, bytes, { flag: 'wx', mode: 0o600 });

export function readFiles(sources: readonly Source[], namespace = 'default'): ClusterObjects {
  const { objects, leftOut } = readObjects(sources, namespace);
  return { objects, notes: leftOut };
}

export async function readSources(names: readonly string[]): Promise<Source[]> {
  const files = (await Promise.all(names.map(filesOf))).flat();
  return Promise.all(
    [...new Set(files)].map(async (file) =>
      file === '-'
        ? { name: 'standard input', text: await text(process.stdin) }
        : { name: file, text: await readFile(file, 'utf8'), isFromFolder: !names.includes(file) },
    ),
  );
}

/** Node's own words name the system call, not what to do. */
export function sentenceOf(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return `${path} is there already; name another file, or remove it`;
  if (code === 'ENOENT') return `${path} does not exist; -f takes files, folders and - for standard input`;
  return error instanceof Error ? error.message : String(error);
}

// --- internal ---

/** A folder stands for the YAML and JSON files in it, not those of folders below: kubectl takes those with -R only. */
async function filesOf(name: string): Promise<string[]> {
  if (name === '-' || !(await stat(name)).isDirectory()) return [name];
  const entries = (await readdir(name)).filter((entry) => /\.(ya?ml|json)$/.test(entry)).sort();
  if (entries.length === 0) throw new Error(`folder ${name} holds no .yaml, .yml or .json file`);
  return entries.map((entry) => join(name, entry));
}
