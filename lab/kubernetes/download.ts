import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, createReadStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cachePath } from '../cache.ts';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';
import { COMPONENTS, GO_ARCH, type Origin, VERSION } from './kubernetes.ts';

const SITE = 'https://dl.k8s.io';
/** Within this the site answers or isn't used. */
const PATIENCE_S = 5;
const MEGABYTE = 1e6;

/** The release binaries of the Kubernetes project, each held against the SHA-256 published beside it. */
export const download = (version: string): Origin => downloadFrom(SITE, version);

/** The same from another site that is laid out like dl.k8s.io. */
export function downloadFrom(site: string, version: string = VERSION): Origin {
  const partial = `kubernetes/download-${version}`;
  const base = `${site}/v${version}/bin/linux/${GO_ARCH}`;
  return {
    source: 'official download',
    version,
    key: `kubernetes/${version}-official`,
    obstacle: () => obstacleOf(`${base}/kubectl.sha256`),
    async make(folder, step) {
      for (const name of COMPONENTS) await fetchProgram(`${base}/${name}`, join(folder, name), partial, step);
      rmSync(cachePath(partial), { recursive: true, force: true });
    },
  };
}

// --- internal ---

const CURL = ['curl', '--fail', '--silent', '--show-error', '--location', '--connect-timeout', String(PATIENCE_S)];

async function obstacleOf(url: string): Promise<string | undefined> {
  const answer = await run([...CURL, '--max-time', String(PATIENCE_S), url], { allowFailure: true });
  return answer.code === 0 ? undefined : `${url} can't be had: ${answer.stderr.trim().split('\n').at(-1) || `curl status ${answer.code}`}.`;
}

/** What arrived of a download that was interrupted stays under the key `kept`; it goes on from there. */
async function fetchProgram(url: string, target: string, kept: string, step: Step): Promise<void> {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const expected = (await run([...CURL, '--retry', '3', `${url}.sha256`], { log: step.log })).stdout.trim().split(/\s/)[0];
  mkdirSync(cachePath(kept), { recursive: true });
  const partial = join(cachePath(kept), name);
  if (sizeOf(partial) === 0 || (await sha256(partial)) !== expected) await fetchRest(url, partial, step);
  const found = await sha256(partial);
  if (found !== expected) {
    rmSync(partial);
    throw new Error(`${url} has SHA-256 ${found}, but ${expected} is published for it; it was thrown away.`);
  }
  chmodSync(partial, 0o755);
  move(partial, target);
}

async function fetchRest(url: string, partial: string, step: Step): Promise<void> {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const watch = setInterval(() => step.say(`${name}: ${Math.round(sizeOf(partial) / MEGABYTE)} MB`), 500);
  try {
    await run([...CURL, '--retry', '3', '--speed-limit', '1000', '--speed-time', '30', '--continue-at', '-', '--output', partial, url], {
      log: step.log,
    });
  } finally {
    clearInterval(watch);
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    copyFileSync(from, to);
    rmSync(from);
  }
}
