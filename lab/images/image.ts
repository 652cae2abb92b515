import { copyFileSync, globSync, linkSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, inWorkFolder } from '../cache.ts';
import { GO_ARCH } from '../kubernetes/kubernetes.ts';
import type { Progress, Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';
import { buildImage, debianRoot, holdsImage, imageOf, type LabImage, savedImage } from './buildah.ts';
import { nodeFor, processorOf } from './processor.ts';
import { busyboxImage, pauseImage } from './stand-in.ts';

export const OPERATOR_IMAGE = 'localhost/keepalived-operator:lab';

/** Gives the images of a lab; makes those whose content isn't in the cache yet. Needs root, no registry. */
export function buildImages(progress: Progress): Promise<readonly LabImage[]> {
  return progress.step('Container images', async (step) => {
    const images = [await operatorImage(step, GO_ARCH), await busyboxImage(step), await pauseImage(step)];
    step.say(images.map(told).join(', '));
    return images;
  });
}

/** Gives the operator's image for a processor; for another than this machine's its programs must run here (`lab/foreign.sh`). */
export function buildOperatorImage(architecture: string, progress: Progress): Promise<LabImage> {
  return progress.step(`Image for ${architecture}`, async (step) => {
    const image = await operatorImage(step, architecture);
    step.say(told(image));
    return image;
  });
}

// --- internal ---

const REPOSITORY = join(import.meta.dirname, '../..');
const baseImage = (architecture: string): string => {
  const { debian, suite, packages } = processorOf(architecture);
  return `localhost/keepalived-operator-base:${fingerprint([suite, debian, ...packages])}`;
};

async function operatorImage(step: Step, architecture: string): Promise<LabImage> {
  const base = baseImage(architecture);
  return inWorkFolder(async (context) => {
    const content = await fillContext(context, architecture, step);
    return savedImage(OPERATOR_IMAGE, [content, base], step, async () => {
      await ensureBase(base, architecture, step);
      const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
      const values = { BASE: base, NODE: 'node', VERSION: version };
      await buildImage(context, { file: 'image/Containerfile', name: OPERATOR_IMAGE, values, architecture }, step);
    });
  });
}

/** Puts all that the Containerfile copies into a folder of its own, so that two builds at once don't meet; gives its fingerprint. */
async function fillContext(context: string, architecture: string, step: Step): Promise<string> {
  step.say('bundling the programs');
  await run([process.execPath, 'scripts/build.ts', '--outdir', join(context, 'dist')], { cwd: REPOSITORY, log: step.log });
  mkdirSync(join(context, 'image'));
  for (const name of ['LICENSE', 'NOTICE', 'package.json', 'image/Containerfile', 'image/system.sh', 'image/asker.sh'])
    copyFileSync(join(REPOSITORY, name), join(context, name));
  const names = globSync('**', { cwd: context }).filter((name) => statSync(join(context, name)).isFile());
  const contents = names.sort().flatMap((name) => [name, readFileSync(join(context, name))]);
  const node = await nodeFor(architecture, context, step);
  link(node, join(context, 'node'));
  return fingerprint([...contents, String(statSync(node).size), process.version, architecture]);
}

/** Debian with keepalived, by mmdebstrap: it needs a package mirror, no registry. */
async function ensureBase(name: string, architecture: string, step: Step): Promise<void> {
  if (await holdsImage(name)) return;
  await inWorkFolder(async (folder) => {
    const archive = join(folder, 'base.tar');
    const { debian, suite, packages } = processorOf(architecture);
    await debianRoot(archive, [`--architectures=${debian}`, '--variant=minbase', `--include=${packages.join(',')}`, suite], step);
    await imageOf(archive, name, step, { architecture });
  });
}

/** A second name for a large file that nobody changes; a copy where the cache is on another file system. */
function link(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    copyFileSync(file, name);
  }
}

const told = ({ name, archive }: LabImage): string => `${/([^/]+):[^:]+$/.exec(name)?.[1]} ${(statSync(archive).size / 1e6).toFixed(1)} MB`;
