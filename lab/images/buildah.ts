import { join } from 'node:path';
import { cached, cachePath, fingerprint, inCache, inWorkFolder, keepNewest } from '../cache.ts';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';

/** An image that every node of a lab gets. */
export interface LabImage {
  /** As manifests name it. */
  readonly name: string;
  /** A docker-archive file; another content has another path. */
  readonly archive: string;
}

/** How an image made of a folder or an archive is started, and on which processor if not this machine's. */
export interface ImageStart {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly architecture?: string;
}

/** Whether the lab's image storage holds an image of that name. */
export async function holdsImage(name: string): Promise<boolean> {
  const answer = await run(['buildah', ...storage(), 'inspect', '--type', 'image', name], { allowFailure: true });
  return answer.code === 0;
}

/** Makes an image of one layer: the files of a folder or a tar archive. */
export async function imageOf(files: string, name: string, step: Step, start: ImageStart = {}): Promise<void> {
  const container = (await buildah(['from', 'scratch'], step)).trim();
  try {
    await buildah(['add', '--quiet', container, files, '/'], step);
    const { entrypoint, command, architecture } = start;
    if (architecture !== undefined) await buildah(['config', '--arch', architecture, container], step);
    if (entrypoint !== undefined) await buildah(['config', '--entrypoint', JSON.stringify(entrypoint), container], step);
    if (command !== undefined) await buildah(['config', '--cmd', JSON.stringify(command), container], step);
    await buildah(['commit', '--quiet', container, name], step);
  } finally {
    await buildah(['rm', container], step);
  }
}

export interface ImageBuild {
  /** The Containerfile, relative to the folder. */
  readonly file: string;
  readonly name: string;
  /** Of its `ARG`s. */
  readonly values: Readonly<Record<string, string>>;
  /** Of what it is built from, and so of the image. */
  readonly architecture: string;
}

/** Builds the Containerfile of a folder that holds all it copies; layers that are there already are not made again. */
export async function buildImage(folder: string, { file, name, values, architecture }: ImageBuild, step: Step): Promise<void> {
  const given = Object.entries(values).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  // Chroot isolation and low limits ask the kernel for no more than root in a container has; nothing of the build is foreign.
  const how = ['--isolation', 'chroot', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--layers', '--pull-never'];
  await buildah(['build', '--arch', architecture, ...how, ...given, '--tag', name, '--file', join(folder, file), folder], step);
}

export interface Asked {
  readonly architecture: string;
  /** A folder that is `/given` in there. */
  readonly given: string;
  readonly commands: readonly string[];
}

/** What each command of root prints in a container of an archived image, whose name means nothing meanwhile; it has a network of its own. */
export async function printedIn(archive: string, { architecture, given, commands }: Asked, step: Step): Promise<string[]> {
  return inWorkFolder(async (folder) => {
    const at = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
    const container = (await buildah(['from', '--quiet', '--arch', architecture, `docker-archive:${archive}`], step, at)).trim();
    const printed: string[] = [];
    try {
      await buildah(['add', '--quiet', container, given, '/given'], step, at);
      for (const command of commands) {
        const inside = ['buildah', ...at, 'run', '--isolation', 'chroot', '--user', '0:0', container, '--', 'sh', '-c', command];
        printed.push((await run(['unshare', '--net', 'sh', '-ec', OWN_NETWORK, 'sh', ...inside], { log: step.log })).stdout.trim());
      }
    } finally {
      await buildah(['rm', container], step, at);
    }
    return printed;
  });
}

/** Gives the archive of an image with that content; where the cache has none, `make` puts the image into the storage first. */
export async function savedImage(
  name: string,
  content: readonly (string | Uint8Array)[],
  step: Step,
  make: () => Promise<void>,
): Promise<LabImage> {
  const prefix = `images/${name.replace(/^.*\//, '').replace(/:.*$/, '')}-`;
  const key = `${prefix}${fingerprint(content)}`;
  const isNew = inCache(key) === undefined;
  const folder = await cached(key, async (work) => {
    await make();
    await buildah(['push', '--quiet', name, `docker-archive:${join(work, ARCHIVE)}:${name}`], step);
  });
  if (isNew) keepNewest(prefix, KEPT);
  return { name, archive: join(folder, ARCHIVE) };
}

/**
 * A root file system by mmdebstrap(1): a tar archive or a folder, as the name of `target` says. With STALE_MIRROR=1 in the environment a mirror
 * may be a copy that nobody renews: its lists are then taken after their date, signed all the same.
 */
export async function debianRoot(target: string, parameters: readonly string[], step: Step): Promise<void> {
  const stale = process.env.STALE_MIRROR === '1' ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : [];
  await inWorkFolder((scratch) =>
    run(['mmdebstrap', ...stale, ...parameters, target], {
      env: { TMPDIR: scratch, LC_ALL: 'C.UTF-8' },
      log: step.log,
      onLine: (line) => step.say(`Debian base: ${line.replace(/^[A-Z]: /, '').slice(0, 50)}`),
    }),
  );
}

// --- internal ---

const ARCHIVE = 'image.tar';
/** An eth0 with an address of each family, as nodes have. */
const OWN_NETWORK = `ip link add eth0 type veth peer name peer
ip address add 192.0.2.11/24 dev eth0
ip address add 2001:db8::11/64 dev eth0 nodad
for link in lo peer eth0; do ip link set $link up; done
exec "$@"`;
/** Versions of one image that the cache keeps: other checkouts on this machine may be at work with theirs. */
const KEPT = 4;

/** Storage of the lab's own, so that it neither sees nor changes what else buildah and podman keep on this machine. */
function storage(): string[] {
  const root = cachePath('buildah');
  return ['--root', root, '--runroot', `/run/keepalived-operator-lab/buildah-${fingerprint([root])}`];
}

async function buildah(parameters: readonly string[], step: Step, at = storage()): Promise<string> {
  const onLine = (line: string): void => {
    if (/^\[?\d*\/?\d*\]? ?STEP/.test(line)) step.say(line.slice(0, 60));
  };
  return (await run(['buildah', ...at, ...parameters], { log: step.log, onLine })).stdout;
}
