import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWorkFolder } from '../cache.ts';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';
import { debianRoot, type ImageStart, imageOf, type LabImage, savedImage } from './buildah.ts';

/** An image that is usually pulled from a registry, made of one static program of Debian's instead. */
interface StandIn {
  readonly name: string;
  readonly package: string;
  readonly start: ImageStart;
  /** Lays out the image's files in `root`, given the program. */
  fill(root: string, program: string): Promise<void>;
}

/** Where the example's web server comes from; the name is that of the image which it stands in for. */
const BUSYBOX: StandIn = {
  name: 'docker.io/library/busybox:stable',
  package: 'busybox-static',
  start: { command: ['sh'] },
  async fill(root, program) {
    for (const folder of ['bin', 'etc', 'tmp']) mkdirSync(join(root, folder));
    chmodSync(join(root, 'tmp'), 0o1777);
    const { stdout } = await run([program, '--list']);
    copyFileSync(program, join(root, 'bin/busybox'));
    for (const applet of stdout.trim().split('\n')) if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  },
};

/** The program that holds a pod's namespaces open; with a shared process namespace it also reaps what is orphaned there. */
const PAUSE: StandIn = {
  name: 'localhost/pause:lab',
  package: 'catatonit',
  start: { entrypoint: ['/catatonit', '-P'] },
  async fill(root, program) {
    copyFileSync(program, join(root, 'catatonit'));
  },
};

export const busyboxImage = (step: Step): Promise<LabImage> => standIn(BUSYBOX, step);
export const pauseImage = (step: Step): Promise<LabImage> => standIn(PAUSE, step);

// --- internal ---

const SUITE = 'trixie';

function standIn(image: StandIn, step: Step): Promise<LabImage> {
  const recipe = readFileSync(import.meta.filename);
  return savedImage(image.name, [recipe, process.arch], step, () =>
    inWorkFolder(async (folder) => {
      const [debian, root] = [join(folder, 'debian'), join(folder, 'root')];
      await debianRoot(debian, ['--variant=extract', `--include=${image.package}`, SUITE], step);
      mkdirSync(root);
      await image.fill(root, join(debian, 'usr/bin', image.package.replace('-static', '')));
      await imageOf(root, image.name, step, image.start);
    }),
  );
}
