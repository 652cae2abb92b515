import type { KeepalivedGroupSpec, ResourceRequirements } from '../api/group/keepalived-group.ts';
import { GROUP_LABEL, START_LINES_ANNOTATION } from '../api/names.ts';
import { AGENT_ENV, NODE_POD } from '../api/node/pod.ts';
import type { Settings } from '../plan/input.ts';
import { AT_START } from '../plan/lines/global-line.ts';
import type { Plan } from '../plan/plan.ts';
import { DEFAULT_POD_PRIORITY, type PodPriority } from '../plan/pod-priority.ts';

/** Default of `spec.image` in the CRD. Only few can pull it, so an image that the installation names comes before it. */
export const LEGACY_IMAGE = 'registry.redhat.io/openshift4/ose-keepalived-ipfailover';

/** Template of the pod that runs on each node of the group; see ARCHITECTURE.md, "The pod on each node". */
export function podTemplate(plan: Plan, settings: Settings): object {
  const { name } = plan.group.metadata;
  const { spec = {} } = plan.group;
  const pullSecrets = (spec.imagePullSecrets ?? []).filter((secret) => secret.name);
  return {
    metadata: {
      labels: { [GROUP_LABEL]: name },
      ...annotations(plan),
    },
    spec: {
      hostNetwork: true,
      shareProcessNamespace: true,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      tolerations: spec.tolerations ?? [{ operator: 'Exists' }],
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets }),
      ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
      ...(plan.podPriority.className && { priorityClassName: plan.podPriority.className }),
      initContainers: [setup(plan, settings)],
      containers: [keepalived(plan, settings), agent(plan, settings), ...(asks(plan) ? [asker(plan, settings)] : [])],
      volumes: volumes(plan),
    },
  };
}

// --- internal ---

/** Seconds for the agent to hand the addresses over, usually three and at most ten, and for keepalived to end, which takes two. */
const GRACE_SECONDS = 20;

function annotations({ group, globals }: Plan): { annotations?: Record<string, string> } {
  const own = group.spec?.daemonsetPodAnnotations;
  const atStart = globals.filter(({ keyword }) => AT_START.has(keyword)).map(({ keyword, words }) => [keyword, ...words].join(' '));
  if (atStart.length === 0) return own === undefined ? {} : { annotations: own };
  return { annotations: { ...own, [START_LINES_ANNOTATION]: atStart.sort().join('; ') } };
}

function operandImage(image: string | undefined, settings: Settings): string {
  const isChosen = image !== undefined && image !== '' && image !== LEGACY_IMAGE;
  return isChosen ? image : (settings.operandImage ?? LEGACY_IMAGE);
}

const pullPolicy = (spec: KeepalivedGroupSpec = {}): string => spec.imagePullPolicy || 'IfNotPresent';
const agentResources = (spec: KeepalivedGroupSpec = {}): ResourceRequirements =>
  spec.resources?.agent ?? { requests: { cpu: '10m', memory: '48Mi' } };

const security = (...capabilities: readonly string[]): object => ({
  runAsUser: 0,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  seccompProfile: { type: 'RuntimeDefault' },
  capabilities: { drop: ['ALL'], ...(capabilities.length > 0 && { add: capabilities }) },
});

const SHARED_MOUNTS = [
  { name: 'run', mountPath: NODE_POD.runDir },
  { name: 'dumps', mountPath: NODE_POD.dumpDir },
];

const WIRE_MOUNT = { name: 'wire', mountPath: NODE_POD.wireDir };

/** A folder of each mount, so that a change is one swap that the agent sees. */
const agentMounts = ({ password }: Plan): object[] => [
  ...SHARED_MOUNTS,
  { name: 'config', mountPath: NODE_POD.configDir, readOnly: true },
  ...(password ? [{ name: 'auth', mountPath: folderOf(NODE_POD.passwordFile), readOnly: true }] : []),
];

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const agentEnvironment = ({ group }: Plan): object[] => [
  { name: AGENT_ENV.node, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
  { name: AGENT_ENV.pod, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
  { name: AGENT_ENV.addresses, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIPs' } } },
  { name: AGENT_ENV.group, value: `${group.metadata.namespace}/${group.metadata.name}` },
];

const setup = (plan: Plan, { agentImage }: Settings): object => ({
  name: NODE_POD.containers.setup,
  image: agentImage,
  imagePullPolicy: pullPolicy(plan.group.spec),
  command: ['/agent', 'setup'],
  env: agentEnvironment(plan),
  resources: agentResources(plan.group.spec),
  securityContext: security('NET_ADMIN'),
  volumeMounts: agentMounts(plan),
});

/**
 * On a busy node keepalived gets its share of what is requested: at 10m twenty instances with an interval of 100 ms lost their addresses 22
 * times a second, at 100m never. Only pods for which the scheduler makes room ask for that: others might find none on a full node.
 */
const cpuOf = ({ className }: PodPriority): string => (className === DEFAULT_POD_PRIORITY ? '100m' : '10m');

const keepalived = ({ group, metricsPort, podPriority }: Plan, settings: Settings): object => ({
  name: NODE_POD.containers.keepalived,
  image: operandImage(group.spec?.image, settings),
  imagePullPolicy: pullPolicy(group.spec),
  command: ['/usr/sbin/keepalived'],
  args: [
    '--dont-fork',
    '--log-console',
    '--no-syslog',
    `--use-file=${NODE_POD.configFile}`,
    `--pid=${NODE_POD.pidFile}`,
    `--vrrp_pid=${NODE_POD.vrrpPidFile}`,
    `--checkers_pid=${NODE_POD.checkersPidFile}`,
  ],
  // Keeps keepalived running until its addresses are with other nodes. kubelet asks, so that the image needs no program for it.
  lifecycle: { preStop: { httpGet: { host: '127.0.0.1', port: metricsPort, path: drainedPath(group) } } },
  resources: group.spec?.resources?.keepalived ?? { requests: { cpu: cpuOf(podPriority), memory: '16Mi' } },
  securityContext: security('NET_ADMIN', 'NET_RAW'),
  // keepalived makes the pid file of its BFD process in /run; the option that moves it is unknown to daemons built without BFD.
  volumeMounts: [{ name: 'system-run', mountPath: '/run' }, ...SHARED_MOUNTS],
});

/** Takes a fifth off the agent's own memory (`bench/agent.ts`). */
const SMALL_HEAP = { name: 'NODE_OPTIONS', value: '--max-semi-space-size=1' };

const drainedPath = ({ metadata }: Plan['group']): string => `${NODE_POD.drainedPath}/${metadata.namespace}/${metadata.name}`;

const agent = (plan: Plan, { agentImage }: Settings): object => ({
  name: NODE_POD.containers.agent,
  image: agentImage,
  imagePullPolicy: pullPolicy(plan.group.spec),
  command: ['/agent', 'run', `--port=${plan.metricsPort}`],
  env: [...agentEnvironment(plan), SMALL_HEAP],
  ports: [{ name: NODE_POD.metricsPortName, containerPort: plan.metricsPort, hostPort: plan.metricsPort, protocol: 'TCP' }],
  // By a file, not by a port that anybody can keep busy or take.
  livenessProbe: {
    exec: { command: ['rm', NODE_POD.aliveFile] },
    initialDelaySeconds: 20,
    periodSeconds: 20,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
  readinessProbe: { httpGet: { path: '/readyz', port: NODE_POD.metricsPortName }, periodSeconds: 2, timeoutSeconds: 2 },
  resources: agentResources(plan.group.spec),
  securityContext: security(),
  volumeMounts: [...agentMounts(plan), ...(asks(plan) ? [WIRE_MOUNT] : [])],
});

/** Whether the nodes ask by broadcast. Where they don't, no container has the capability to. */
const asks = ({ group }: Plan): boolean => group.spec?.broadcastQuestions !== false;

/** Where the others have limits, a quota may ask for them, or the pod be one that gets all that it requests: so has it then. */
function askerResources({ resources = {} }: KeepalivedGroupSpec = {}): ResourceRequirements {
  const isLimited = [resources.keepalived, resources.agent].some((each) => each?.limits !== undefined);
  const limits = { cpu: '50m', memory: '16Mi' };
  return isLimited ? { requests: limits, limits } : { requests: { cpu: '5m', memory: '8Mi' } };
}

/**
 * Nobody can talk to it, so it may ask by broadcast; it has nothing but its questions. An image without its program waits, so that the pod is well
 * with any.
 */
const asker = ({ group }: Plan, { agentImage }: Settings): object => ({
  name: NODE_POD.containers.asker,
  image: agentImage,
  imagePullPolicy: pullPolicy(group.spec),
  command: ['/bin/sh', '-c', `[ -x ${NODE_POD.askerProgram} ] && exec ${NODE_POD.askerProgram} ${NODE_POD.wireDir}; exec sleep infinity`],
  resources: group.spec?.resources?.asker ?? askerResources(group.spec),
  securityContext: security('NET_RAW'),
  volumeMounts: [WIRE_MOUNT],
});

const volumes = (plan: Plan): object[] => [
  { name: 'system-run', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
  { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
  { name: 'dumps', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
  ...(asks(plan) ? [{ name: 'wire', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } }] : []),
  { name: 'config', configMap: { name: plan.group.metadata.name } },
  // Optional: a pod that waits for a Secret would run no keepalived at all, and tell nobody why.
  ...(plan.password
    ? [{ name: 'auth', secret: { secretName: plan.password.name, optional: true, items: [{ key: plan.password.key, path: 'password' }] } }]
    : []),
];
