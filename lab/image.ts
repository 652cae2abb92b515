import { copyFileSync, globSync, linkSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, debianRoot, holdsImage, imageOf, type LabImage, savedImage } from './buildah.ts';
import { fingerprint, inWorkFolder } from './cache.ts';
import type { Progress, Step } from './progress.ts';
import { run } from './run.ts';
import { busyboxImage, pauseImage } from './stand-in.ts';

export const OPERATOR_IMAGE = 'localhost/keepalived-operator:lab';

/** Gives the images of a lab; makes those whose content isn't in the cache yet. Needs root, no registry. */
export function buildImages(progress: Progress): Promise<readonly LabImage[]> {
  return progress.step('Container images', async (step) => {
    const images = [await operatorImage(step), await busyboxImage(step), await pauseImage(step)];
    step.say(images.map(told).join(', '));
    return images;
  });
}

// --- internal ---

const REPOSITORY = join(import.meta.dirname, '..');
const NODE = join(REPOSITORY, `node_modules/node-linux-${process.arch}/bin/node`);
const SUITE = 'trixie';
const BASE_PACKAGES = ['keepalived', 'iproute2', 'libstdc++6'];
const BASE_IMAGE = `localhost/keepalived-operator-base:${fingerprint([SUITE, process.arch, ...BASE_PACKAGES])}`;

async function operatorImage(step: Step): Promise<LabImage> {
  return inWorkFolder(async (context) => {
    const content = await fillContext(context, step);
    return savedImage(OPERATOR_IMAGE, [content, BASE_IMAGE], step, async () => {
      await ensureBase(step);
      const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
      await buildImage(
        context,
        { file: 'image/Containerfile', name: OPERATOR_IMAGE, values: { BASE: BASE_IMAGE, NODE: 'node', VERSION: version } },
        step,
      );
    });
  });
}

/** Puts all that the Containerfile copies into a folder of its own, so that two builds at once don't meet; gives its fingerprint. */
async function fillContext(context: string, step: Step): Promise<string> {
  step.say('bundling the programs');
  await run([process.execPath, 'scripts/build.ts', '--outdir', join(context, 'dist')], { cwd: REPOSITORY, log: step.log });
  mkdirSync(join(context, 'image'));
  for (const name of ['LICENSE', 'NOTICE', 'package.json', 'image/Containerfile', 'image/system.sh'])
    copyFileSync(join(REPOSITORY, name), join(context, name));
  const names = globSync('**', { cwd: context }).filter((name) => statSync(join(context, name)).isFile());
  const contents = names.sort().flatMap((name) => [name, readFileSync(join(context, name))]);
  link(NODE, join(context, 'node'));
  return fingerprint([...contents, String(statSync(NODE).size), process.version, process.arch]);
}

/** Debian with keepalived, by mmdebstrap: it needs a package mirror, no registry. */
async function ensureBase(step: Step): Promise<void> {
  if (await holdsImage(BASE_IMAGE)) return;
  await inWorkFolder(async (folder) => {
    const archive = join(folder, 'base.tar');
    await debianRoot(archive, ['--variant=minbase', `--include=${BASE_PACKAGES.join(',')}`, SUITE], step);
    await imageOf(archive, BASE_IMAGE, step);
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
