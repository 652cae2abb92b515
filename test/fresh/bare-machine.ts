/** A Debian as it is installed, with its own Node and npm and nothing of this machine's, and a checkout in it. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cached, cachePath, fingerprint, inWorkFolder } from '../../lab/cache.ts';
import { debianRoot } from '../../lab/images/buildah.ts';
import { progressTo, type Step } from '../../lab/machine/progress.ts';
import { type RunResult, run } from '../../lab/machine/run.ts';

/** What `release.yaml` and CONTRIBUTING.md tell people to install. */
export const PACKAGES = ['ca-certificates', 'git', 'make', 'nodejs', 'npm'];

export interface BareMachine {
  /** Runs a command of a shell at the top of the checkout; it ends with all that it started. */
  run(command: string): Promise<RunResult>;
  remove(): Promise<void>;
}

/** Makes a machine of a Debian suite with a checkout of the working tree; its files go with `remove`, or with the next one made. */
export async function bareMachine(suite: string): Promise<BareMachine> {
  const archive = await bareRoot(suite);
  const { promise: removed, resolve: endOfUse } = Promise.withResolvers<void>();
  return new Promise((resolve, reject) => {
    const remove = (): Promise<void> => {
      endOfUse();
      return whole;
    };
    const whole = inWorkFolder(async (root) => {
      await run(['tar', '--extract', '--numeric-owner', `--directory=${root}`, `--file=${archive}`]);
      await trustWhatTheMachineTrusts(root);
      await checkOut(join(root, HOME, 'keepalived-operator'));
      resolve({ run: (command) => runIn(root, command), remove });
      await removed;
      // A hundred thousand files, which Node removes one after another and without a pause for anything else.
      await run(['rm', '--recursive', '--force', root]);
    });
    whole.catch(reject);
  });
}

// --- internal ---

/** All that Debian calls required, as in its container images. */
const VARIANT = 'minbase';
const HOME = 'root';
const KUBERNETES = cachePath('kubernetes');
const CERTIFICATES = '/usr/local/share/ca-certificates';
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
/** How this machine reaches package registries, for commands in there. */
const HANDED_IN = /^(?:(?:https?|no)_proxy|npm_config_registry|GOPROXY|GONOSUMDB|GOFLAGS)$/i;

async function bareRoot(suite: string): Promise<string> {
  const make = (folder: string, step: Step): Promise<void> =>
    debianRoot(join(folder, 'root.tar'), [`--variant=${VARIANT}`, `--include=${PACKAGES.join(',')}`, suite], step);
  const folder = await progressTo(process.stderr).step(`Debian ${suite}`, (step) =>
    cached(`fresh/${suite}-${fingerprint([VARIANT, ...PACKAGES])}`, (work) => make(work, step)),
  );
  return join(folder, 'root.tar');
}

/** Names are resolved as here, and TLS is believed to whom this machine believes it; nothing else of it is seen. */
async function trustWhatTheMachineTrusts(root: string): Promise<void> {
  writeFileSync(join(root, 'etc/resolv.conf'), readFileSync('/etc/resolv.conf'));
  if (!existsSync(CERTIFICATES)) return;
  cpSync(CERTIFICATES, join(root, CERTIFICATES), { recursive: true });
  await run(['chroot', root, 'update-ca-certificates']);
}

/** Clones HEAD and puts over it, and into its index, what isn't committed: `git diff` there shows what commands change. */
async function checkOut(target: string): Promise<void> {
  // A checkout that another user owns, as in a container of CI, is read all the same.
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
  await run(['git', 'clone', '--quiet', '--no-local', '.', target], { env });
  const changed = await run(['git', 'status', '--porcelain', '--no-renames', '--untracked-files=all', '-z'], { env });
  for (const entry of changed.stdout.split('\0').filter((each) => each !== '')) {
    const name = entry.slice(3);
    mkdirSync(dirname(join(target, name)), { recursive: true });
    if (existsSync(name)) cpSync(name, join(target, name));
    else await run(['rm', '--force', join(target, name)]);
  }
  await run(['git', '-C', target, 'add', '--all'], { env });
}

function runIn(root: string, command: string): Promise<RunResult> {
  const handedIn = Object.entries(process.env).flatMap(([name, value]) => (HANDED_IN.test(name) ? [`${name}=${value}`] : []));
  const environment = [
    `HOME=/${HOME}`,
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `NODE_EXTRA_CA_CERTS=${BUNDLE}`,
  ];
  const namespaces = ['setpriv', '--pdeathsig=KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child=KILL'];
  const enter = ['sh', join(import.meta.dirname, 'enter.sh'), root, KUBERNETES, command];
  return run(['env', '--ignore-environment', ...environment, ...handedIn, ...namespaces, ...enter], { allowFailure: true });
}
