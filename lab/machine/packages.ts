import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress, Step } from './progress.ts';
import { type Run, run } from './run.ts';

/** Debian packages that the lab runs on, and what each is there for. */
const PACKAGES: Readonly<Record<string, string>> = {
  'etcd-server': 'the store of the API server',
  containerd: 'runs the pods of every node',
  runc: 'starts the containers of containerd',
  'containernetworking-plugins': 'the pod network: bridge, host-local, loopback, portmap',
  buildah: "makes the operator's image",
  'docker-registry': 'the registry of a lab that has one',
  netavark: 'buildah of Debian 13 does not start without it',
  mmdebstrap: 'makes the base of that image where no registry is reachable',
  keepalived: 'the daemon itself, for tests outside of pods',
  iproute2: 'network namespaces, links and addresses',
  'iputils-arping': 'asks by broadcast who has an address, for tests outside of pods',
  ndisc6: 'the same for IPv6',
  iptables: 'rules of kube-proxy and of the portmap plugin',
  nftables: 'cuts hosts off the switch',
  conntrack: 'kube-proxy forgets connections to pods that are gone',
  socat: 'kubectl port-forward; hears VRRP adverts, for tests outside of pods',
  tcpdump: 'what is on the wire',
  'iputils-ping': 'ping from any host',
  fping: 'probes an address at a steady pace, even while nothing answers',
  curl: 'the web page through the VIP',
  'ca-certificates': 'downloads over TLS',
};

/** Of tests alone: what they drive the dashboard's page with. */
const BROWSER = ['chromium'];

/** Which of these packages dpkg doesn't hold as installed. */
export async function missingPackages(names: readonly string[], command: Run = run): Promise<string[]> {
  const installed = await installedPackages(names, command);
  return names.filter((name) => !installed.has(name));
}

/** Installs the Debian packages that the lab runs on, where they are missing. Starts and enables no service. */
export async function installPackages(progress: Progress): Promise<void> {
  await progress.step('Debian packages', (step) => ensurePackages(Object.keys(PACKAGES), step));
}

/** Installs the browser that tests look at pages with, where it is missing. */
export async function installBrowser(progress: Progress): Promise<void> {
  await progress.step('Browser', (step) => ensurePackages(BROWSER, step));
}

/** Installs those of the named packages that are missing, inside a step that is running already. */
export async function ensurePackages(names: readonly string[], step: Step): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return step.say(`all ${names.length} are there`);
  await run(['sh', PREFLIGHT]);
  // A foreign source that can't be reached is not ours to mend: what it costs, if anything, the installation tells.
  await aptGet(['update'], step).catch(() => step.say('not every package source answered'));
  const before = await installedPackages();
  await withoutServices(() => aptGet(['install', '--yes', '--no-install-recommends', ...missing], step));
  const added = [...(await installedPackages())].filter((name) => !before.has(name));
  await disableUnits(added, step);
  step.say(`installed ${missing.join(', ')}`);
}

/** Runs `apt-get`, never asking a question; `parameters` begin with the verb. Says what it is at. */
export async function aptGet(parameters: readonly string[], step: Step, cwd?: string): Promise<void> {
  await run(['apt-get', '--quiet', '--option', 'DPkg::Lock::Timeout=120', ...parameters], {
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    log: step.log,
    onLine: (line) => step.say(line.slice(0, 60)),
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** The systemd units among the files of a package, as `dpkg --listfiles` prints them; templates are none that run. */
export function unitsAmong(files: string): string[] {
  return [...files.matchAll(/^(?:\/usr)?\/lib\/systemd\/system\/([^/@\n]+\.(?:service|socket|timer|path))$/gm)].map(
    (match) => match[1] ?? '',
  );
}

// --- internal ---

const PREFLIGHT = join(import.meta.dirname, '../preflight.sh');

/** Asked by Debian's maintainer scripts before they start a service (man page invoke-rc.d(8)); 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_ASIDE = `${POLICY}.before-lab`;
const FORBID = '#!/bin/sh\n# The keepalived-operator lab installs packages; it starts their programs itself.\nexit 101\n';

/** Holds Debian's scripts off starting services while `work` runs. Mends what an earlier call that was killed left behind. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const isOurs = existsSync(POLICY) && readFileSync(POLICY, 'utf8') === FORBID;
  if (existsSync(POLICY) && !isOurs) renameSync(POLICY, POLICY_ASIDE);
  writeFileSync(POLICY, FORBID, { mode: 0o755 });
  try {
    await work();
  } finally {
    if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
    else rmSync(POLICY, { force: true });
  }
}

/** Debian enables the units of what it installs, so they would run after the next boot of a machine that has systemd. */
async function disableUnits(packages: readonly string[], step: Step): Promise<void> {
  if (packages.length === 0 || !existsSync('/usr/bin/systemctl')) return;
  const files = await run(['dpkg', '--listfiles', ...packages]);
  const units = unitsAmong(files.stdout);
  if (units.length > 0) await run(['systemctl', '--quiet', 'disable', ...units], { log: step.log });
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the fields of dpkg-query(1) are written so.
const STATUS_AND_NAME = '${db:Status-Status} ${Package}\n';

async function installedPackages(names: readonly string[] = [], command: Run = run): Promise<Set<string>> {
  // Status 1 says that some are unknown to dpkg; what it knows it prints all the same.
  const { stdout } = await command(['dpkg-query', '--show', '--showformat', STATUS_AND_NAME, ...names], { allowFailure: true });
  return new Set(stdout.split('\n').flatMap((line) => /^installed (\S+)$/.exec(line)?.[1] ?? []));
}
