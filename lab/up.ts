/** Brings a whole lab up, the operator and an example in it, and takes it down again. */
import { join } from 'node:path';
import { begin, bootHosts, cutPower, kubectl, startNode, startRuntime } from './cluster/cluster.ts';
import { startControlPlane } from './cluster/control-host.ts';
import { hasMode, type ProxySettings } from './cluster/proxy.ts';
import { CGROUP_ROOT, checkName, DEFAULT_NAME, labDir, readState, removeState, soundNodes, stateOf } from './cluster/state.ts';
import { CLIENT, CONTROL, SWITCH } from './hosts/address.ts';
import { removeCgroupIfEmpty, removeCgroups } from './hosts/cgroup.ts';
import { buildImages } from './images/image.ts';
import { findKubernetes } from './kubernetes/find.ts';
import { type Lab, openLab } from './lab.ts';
import { installPackages } from './machine/packages.ts';
import { kill } from './machine/process.ts';
import type { Progress } from './machine/progress.ts';
import { waitFor } from './machine/wait.ts';
import { installExample, installOperator } from './operator.ts';

export interface UpOptions {
  readonly name?: string;
  /** Worker nodes; a running lab grows, it never shrinks. */
  readonly nodes?: number;
  /** Of kube-proxy; a running lab takes other ones. What isn't named stays as it is. */
  readonly proxy?: Partial<ProxySettings>;
  /** With a registry, which a running lab gets too. */
  readonly registry?: boolean;
  /** A release of Kubernetes, as in `1.37.2`; a running lab keeps its own. */
  readonly kubernetes?: string;
}

/** Brings a lab up, or what is missing of one that runs, and installs the operator and the example in it. */
export async function up(options: UpOptions, progress: Progress): Promise<Lab> {
  const { name = DEFAULT_NAME, nodes = 3, proxy = {}, registry = false } = options;
  const release = releaseFor(checkName(name), options.kubernetes);
  await installPackages(progress);
  const kubernetes = await findKubernetes(progress, release);
  if (!hasMode(proxy.mode ?? 'iptables', kubernetes))
    throw new Error(`kube-proxy of Kubernetes ${kubernetes.version} has no nftables mode; 1.31 is the first.`);
  const images = await buildImages(progress);
  await begin(name, { nodes, kubernetes, proxy });
  await progress.step('Hosts and switch', async (step) => {
    await bootHosts(name);
    step.say([CONTROL, CLIENT, ...stateOf(name).nodes].join(', '));
  });
  await Promise.all([
    progress.step('Control plane', async (step) => {
      await startControlPlane(stateOf(name));
      step.say(`Kubernetes ${kubernetes.version}`);
    }),
    progress.step('Images on the nodes', async () => {
      await Promise.all(stateOf(name).nodes.map((node) => startRuntime(name, node, images)));
    }),
  ]);
  await progress.step('Nodes', async (step) => {
    await Promise.all(stateOf(name).nodes.map((node) => startNode(name, node)));
    await nodesAreReady(name);
    step.say('all are Ready');
  });
  const lab = await openLab(name);
  if (registry) await progress.step('Registry', async (step) => step.say((await lab.registry()).address));
  await installOperator(lab, images, progress);
  await installExample(lab, progress);
  return lab;
}

/** Takes a lab down; nothing of it is left. Tells whether there was one. */
export async function down(name: string, progress: Progress): Promise<boolean> {
  const known = readState(checkName(name));
  if (known === undefined) return false;
  await progress.step(`Taking down ${name}`, async () => {
    for (const relay of known.relays) await kill(relay);
    const hosts = Object.keys(known.hosts).filter((host) => host !== SWITCH);
    await Promise.all(hosts.map((host) => cutPower(name, host)));
    await cutPower(name, SWITCH);
    removeCgroups(`${CGROUP_ROOT}/${name}`);
    removeCgroupIfEmpty(CGROUP_ROOT); // Another lab may have groups in it.
    removeState(name);
  });
  return true;
}

// --- internal ---

/** A lab that runs stays at its release: the programs of its hosts are not replaced under it. */
function releaseFor(name: string, asked: string | undefined): string | undefined {
  const runs = readState(name)?.kubernetes.version;
  if (runs !== undefined && asked !== undefined && runs !== asked)
    throw new Error(`Lab "${name}" runs Kubernetes ${runs}; take it down before you ask for ${asked}.`);
  return asked;
}

/** Nodes that were powered off or cut off are not waited for. */
async function nodesAreReady(name: string): Promise<void> {
  const state = stateOf(name);
  const wait = ['wait', '--for=condition=Ready', '--timeout=10s', ...soundNodes(state).map((node) => `node/${node}`)];
  const logs = join(labDir(name), 'logs');
  await waitFor(
    `every node is Ready (their logs: ${logs})`,
    async () => ((await kubectl(state, wait)).code === 0 ? true : undefined),
    READY_MS,
  );
}

const READY_MS = 90_000;
