/** The lab that the end-to-end tests run in, apart from a lab left running by hand, and what the tests make and ask in it. */
import { join } from 'node:path';
import type { HostName } from '../../lab/hosts/address.ts';
import { type Lab, openLab } from '../../lab/lab.ts';
import { run } from '../../lab/machine/run.ts';
import { PREFERRED_NODES_ANNOTATION, SERVICE_ANNOTATIONS, SERVICE_CONDITION } from '../../src/api/names.ts';
import type { NodeReport } from '../../src/api/node/report.ts';
import { sharedName } from '../../src/cli/move/job.ts';

export const LAB_NAME = 'test';

/** Why this machine can't run a lab, or undefined; it stands in the names of the skipped tests. */
export const whyNoLab: string | undefined =
  process.platform !== 'linux' ? 'a lab needs Linux' : process.getuid?.() !== 0 ? 'a lab needs root' : undefined;

export const labUnderTest = (): Promise<Lab> => openLab(LAB_NAME);

/** Namespace and group of `examples/`, which the lab has applied. */
export const NAMESPACE = 'web';
export const GROUP = 'vips';
/** Address of the example's Service. */
export const VIP = '192.0.2.200';

/** A Service of the web app with external IPs in the group. */
export const service = (name: string, ...externalIPs: readonly string[]) => serviceOf(GROUP, name, externalIPs);

export const serviceOf = (group: string, name: string, externalIPs: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace: NAMESPACE,
    annotations: { [SERVICE_ANNOTATIONS.group]: `${NAMESPACE}/${group}` },
  },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], externalIPs },
});

/** Says which node each virtual router of the group prefers, by its name. */
export const prefer = (lab: Lab, homes: Readonly<Record<string, string>>): Promise<string> =>
  lab.kubectl([
    'annotate',
    '--overwrite',
    'keepalivedgroup',
    '-n',
    NAMESPACE,
    GROUP,
    `${PREFERRED_NODES_ANNOTATION}=${JSON.stringify(homes)}`,
  ]);

/** A pod on a node that serves a page of one line. */
export const webServerOn = (nodeName: HostName, name: string, labels: Readonly<Record<string, string>>, line: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NAMESPACE, labels },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'web',
        image: 'docker.io/library/busybox:stable',
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', `mkdir /tmp/www && echo ${line} >/tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www`],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
});

/** A pod that a drain takes away and nobody makes anew; it ends no sooner than most do. */
export const workloadOn = (nodeName: HostName, name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 10,
    containers: [{ name: 'web', image: 'docker.io/library/busybox:stable', imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] }],
  },
});

/** `kubectl keepalived`, from the checkout. */
export const PLUGIN = join(import.meta.dirname, '../../bin/kubectl-keepalived');

/** What it prints of the lab's cluster, also where it says by exit status 2 that something is wrong there. */
export async function plugin(lab: Lab, words: readonly string[], timeoutMs = 60_000): Promise<string> {
  const command = [PLUGIN, ...words, '--kubeconfig', lab.kubeconfig];
  const { code, stdout, stderr } = await run(command, { timeoutMs, allowFailure: true });
  if (code !== 0 && code !== 2) throw new Error(`kubectl keepalived ${words.join(' ')}: ${stderr}`);
  return stdout;
}

/**
 * Removes what the lab was installed with, as docs/how-to/upgrade.md says: the groups first. Where a kind goes together with its objects, the garbage
 * collector may never hear that these are gone, and leaves what they own.
 */
export async function withoutOperator(lab: Lab): Promise<void> {
  await lab.kubectl(['delete', 'keepalivedgroups', '--all', '--all-namespaces', '--wait', '--timeout=60s']);
  await lab.waitFor(
    'no pod of a group is left',
    async () => (await lab.kubectl(['get', 'pods', '-A', '-l', 'keepalivedGroup', '-o', 'name'])) === '' || undefined,
    60_000,
  );
  await lab.kubectl(['delete', '--wait', '--timeout=90s', '--kustomize', join(import.meta.dirname, '../../config/default')]);
}

export interface KeepalivedPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly containerStatuses: readonly { readonly name: string; readonly restartCount: number }[] };
}

/** The pod of a group on a node, not one that is on its way out. */
export async function podOn(lab: Lab, node: HostName, group = GROUP): Promise<KeepalivedPod> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'pods', '-n', NAMESPACE, '-l', `keepalivedGroup=${group}`, '-o', 'json']));
  const pod = (items as readonly KeepalivedPod[]).find(
    ({ metadata, spec }) => spec.nodeName === node && metadata.deletionTimestamp === undefined,
  );
  if (pod === undefined) throw new Error(`no keepalived pod runs on ${node}`);
  return pod;
}

/** What the agent of a node says, or undefined while it doesn't answer. */
export async function reportOf(lab: Lab, node: HostName, port = 9650): Promise<NodeReport | undefined> {
  const { code, stdout } = await lab.exec(node, ['curl', '--silent', '--max-time', '1', `http://127.0.0.1:${port}/state`], {
    allowFailure: true,
  });
  return code === 0 ? (JSON.parse(stdout) as NodeReport) : undefined;
}

export interface Group {
  readonly metadata: { readonly uid: string; readonly generation: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly revision: string;
    readonly metricsPort: number;
    readonly routerIDs: Readonly<Record<string, number>>;
    readonly homes?: Readonly<Record<string, readonly string[]>>;
    readonly virtualRouters?: readonly { readonly name: string; readonly node?: string; readonly plannedNode?: string }[];
    readonly nodeStates?: readonly { readonly name: string; readonly revision?: string; readonly standsBack?: string }[];
  };
}

export const groupCalled = async (lab: Lab, name: string): Promise<Group> =>
  JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, name, '-o', 'json']));

/** What the agents of a group say, in the order of the nodes. */
export const reportsOf = (lab: Lab, { status }: Group): Promise<(NodeReport | undefined)[]> =>
  Promise.all(lab.nodes.map((node) => reportOf(lab, node, status.metricsPort)));

/**
 * Waits until the operator has seen the group as it is, every node's keepalived runs its newest configuration, has every address that Services ask
 * for and that wasn't refused, and each is held by one node: the first in its order. The error says what was not so.
 */
export const settled = (lab: Lab, timeoutMs = 90_000, name = GROUP): Promise<boolean> =>
  lab.waitFor(
    'every node serves and each VIP is on the first node of its order',
    async () => {
      const group = await groupCalled(lab, name);
      const reports = await reportsOf(lab, group);
      const asked = await askedFor(lab, name);
      const complaints = lab.nodes.flatMap((node, index) => complaintsAbout(node, reports[index], group.status.revision, asked));
      complaints.push(...misplaced(reports.flatMap((report) => report ?? [])));
      if (group.status.observedGeneration !== group.metadata.generation) complaints.push('the operator has not seen the newest spec');
      if (complaints.length > 0) throw new Error(complaints.join('; '));
      return true;
    },
    timeoutMs,
  );

/**
 * Waits until each virtual router is where it is at home, and is planned to stay there, so that none moves by itself any more: a node that was lost
 * often takes its own back late. A manager that has just heard of a loss has yet to plan, so it has to be so at several looks in a row.
 */
export async function atHome(lab: Lab, timeoutMs = 600_000): Promise<true> {
  let looks = 0;
  return lab.waitFor(
    'each virtual router is on its preferred node, and stays there',
    async () => {
      const { status } = await groupCalled(lab, GROUP);
      const { homes = {}, virtualRouters = [] } = status;
      const away = virtualRouters.flatMap(({ name, node, plannedNode }) => {
        const [home] = homes[sharedName(name)] ?? [];
        return node !== undefined && node === home && plannedNode === home
          ? []
          : [`${name} is on ${node}, planned on ${plannedNode}, at home on ${home}`];
      });
      const wrong = [...away, ...late(status)];
      looks = wrong.length === 0 ? looks + 1 : 0;
      if (looks === 0) throw new Error(wrong.join('; '));
      return looks >= LOOKS || undefined;
    },
    timeoutMs,
  );
}

const LOOKS = 10;

/** Nodes that run another configuration than the status of their group says. */
export const late = ({ revision, nodeStates = [] }: Group['status']): string[] =>
  nodeStates.filter((one) => one.revision !== revision).map(({ name }) => `${name} has another configuration`);

/** Milliseconds in which addresses come home to a node that was lost once. */
const SHORTLY = 20_000;

/** Brings each virtual router home now: a node that was lost often rests for minutes, by what was written down of its losses. */
export async function cameHome(lab: Lab): Promise<void> {
  if (await atHome(lab, SHORTLY).catch(() => false)) return;
  await forgetLosses(lab);
  await atHome(lab);
}

/** No node rests any more: nothing is written down of its losses, and managers that start know of none. */
export const forgetLosses = (lab: Lab): Promise<void> =>
  withoutManagers(lab, async () => {
    const names = await lab.kubectl(['get', 'virtualips', '-o', 'name']);
    for (const name of names.split('\n').filter((one) => one !== ''))
      await lab.kubectl(['patch', name, '--subresource=status', '--type=merge', '--patch={"status":{"moves":[]}}']);
  });

const MANAGERS = ['-n', 'keepalived-operator', 'deployment/keepalived-operator-controller-manager'];

/** Lets something happen while no manager runs, and leaves as many as there were: a test that takes the power of a node needs a second one. */
export async function withoutManagers(lab: Lab, happens: () => Promise<void>): Promise<void> {
  const replicas = await lab.kubectl(['get', ...MANAGERS, '-o', 'jsonpath={.spec.replicas}']);
  await lab.kubectl(['scale', ...MANAGERS, '--replicas=0']);
  try {
    const gone = ['--for=delete', 'pod', '-l', 'operator=keepalived-operator', '--timeout=60s'];
    await lab.kubectl(['wait', '-n', 'keepalived-operator', ...gone]);
    await happens();
  } finally {
    await lab.kubectl(['scale', ...MANAGERS, `--replicas=${replicas}`]);
    await lab.kubectl(['rollout', 'status', ...MANAGERS, '--timeout=120s']);
  }
}

/** The one host that holds an address; waits while there is none or more than one. */
export const soleHolder = (lab: Lab, address: string): Promise<HostName> =>
  lab.waitFor(
    `one host holds ${address}`,
    async () => {
      const holders = await lab.holders(address);
      return holders.length === 1 ? holders[0] : undefined;
    },
    30_000,
  );

/** The page behind an address, as the client host gets it. */
export const page = (lab: Lab, address: string): Promise<string> =>
  lab.waitFor(
    `the client gets the page of ${address}`,
    async () => {
      const { code, stdout } = await lab.exec('client', ['curl', '--silent', '--fail', '--max-time', '1', `http://${address}/`], {
        allowFailure: true,
      });
      return code === 0 ? stdout : undefined;
    },
    30_000,
  );

/** Sends echo requests from the client every 10 ms while something happens; what was lost, and the longest gap in milliseconds. */
export async function lossWhile(lab: Lab, address: string, happens: () => Promise<unknown>): Promise<Loss> {
  const probe = await lab.probe(address);
  const [outcome] = await Promise.allSettled([happens()]);
  const { sent, received, gaps } = await probe.stop();
  if (outcome?.status === 'rejected') throw outcome.reason;
  return { sent, lost: sent - received, longestMs: Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs)) };
}

export interface Loss {
  readonly sent: number;
  readonly lost: number;
  readonly longestMs: number;
}

export const lossText = ({ sent, lost, longestMs }: Loss): string => `${lost} of ${sent} lost, longest gap ${Math.round(longestMs)} ms`;

/** For how long more than one host held an address, as seen at every look. */
export class SharedTime {
  longest = 0;
  readonly #lab: Lab;
  readonly #address: string;
  #since: number | undefined;

  constructor(lab: Lab, address: string) {
    this.#lab = lab;
    this.#address = address;
  }

  /** Looks at the holders, then asks. */
  async look(isOver: () => Promise<boolean>): Promise<true | undefined> {
    const now = performance.now();
    if ((await this.#lab.holders(this.#address)).length > 1) {
      this.#since ??= now;
      this.longest = Math.max(this.longest, performance.now() - this.#since);
    } else this.#since = undefined;
    return (await isOver()) || undefined;
  }
}

/** The milliseconds since 1970 at which the client first had an answer of an address that it asks every 10 ms. */
export async function firstAnswer(lab: Lab, address: string): Promise<number> {
  const ask = `timeout 30 ping -n -D -i 0.01 ${address} | grep -m 1 'bytes from'`;
  const { stdout } = await lab.exec('client', ['sh', '-c', ask]);
  const seconds = /^\[(\d+\.\d+)\]/.exec(stdout)?.[1];
  if (seconds === undefined) throw new Error(`${address} did not answer for 30 s: ${stdout}`);
  return Number(seconds) * 1000;
}

// --- internal ---

interface JudgedService {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string };
  readonly spec: { readonly externalIPs?: readonly string[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The external IPs of a group's Services; without those of Services that are refused something. A change that the manager has yet to see is in it. */
async function askedFor(lab: Lab, group: string): Promise<string[]> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'services', '--all-namespaces', '-o', 'json']));
  return (items as readonly JudgedService[]).flatMap(({ metadata, spec, status }) => {
    const isOurs =
      metadata.annotations?.[SERVICE_ANNOTATIONS.group] === `${NAMESPACE}/${group}` && metadata.deletionTimestamp === undefined;
    const isRefused = status.conditions?.some((condition) => condition.type === SERVICE_CONDITION && condition.status === 'False');
    return isOurs && isRefused !== true ? (spec.externalIPs ?? []) : [];
  });
}

function complaintsAbout(node: HostName, report: NodeReport | undefined, revision: string, asked: readonly string[]): string[] {
  if (report === undefined) return [`the agent of ${node} does not answer`];
  if (report.config.revision !== revision) return [`${node} runs revision ${report.config.revision}, not ${revision}`];
  const carried = new Set(report.instances.flatMap(({ addresses }) => addresses));
  const lacking = asked.filter((address) => !carried.has(address)).map((address) => `${node} does not carry ${address} yet`);
  return [...lacking, ...report.problems.map(({ message }) => `${node}: ${message}`)];
}

function misplaced(reports: readonly NodeReport[]): string[] {
  const seen = reports.flatMap(({ node, instances }) => instances.map((instance) => ({ node, ...instance })));
  return [...new Set(seen.map(({ name }) => name))].flatMap((name) => {
    const candidates = seen.filter((instance) => instance.name === name).sort((a, b) => b.priority - a.priority);
    const isRight = candidates.every(({ state, held, addresses }, rank) =>
      rank === 0 ? state === 'MASTER' && held.length === addresses.length : state === 'BACKUP' && held.length === 0,
    );
    return isRight
      ? []
      : [
          `${name}: ${candidates.map(({ node, state, held }) => `${node} is ${state} and holds ${held.join(', ') || 'nothing'}`).join(', ')}`,
        ];
  });
}
