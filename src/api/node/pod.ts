/** Where things are inside the pod that runs on each node of a group: what the DaemonSet mounts and the agent expects. */
export const NODE_POD = {
  /** The ConfigMap, as kubelet mounts it; only the agent sees it. */
  configDir: '/etc/keepalived-operator/config',
  /** The password Secret, key `password`; only the agent sees it. Empty when the group has none. */
  passwordFile: '/etc/keepalived-operator/auth/password',
  /** Memory-backed, shared by agent and keepalived: the localised file, pid files, notify FIFO, track files. */
  runDir: '/run/keepalived',
  configFile: '/run/keepalived/keepalived.conf',
  pidFile: '/run/keepalived/keepalived.pid',
  vrrpPidFile: '/run/keepalived/vrrp.pid',
  checkersPidFile: '/run/keepalived/checkers.pid',
  notifyFifo: '/run/keepalived/notify.fifo',
  trackDir: '/run/keepalived/track',
  /** Memory-backed, shared by agent and keepalived: the daemon's JSON dumps. */
  dumpDir: '/tmp',
  /** Made by the agent each second and removed by kubelet's liveness probe, which so needs no port and no clock. */
  aliveFile: '/run/keepalived/agent.alive',
  /** Of the first group on a node; see `metricsPort` of the group's status. */
  metricsPort: 9650,
  /** Name of the agent's port in the pod, whatever its number. */
  metricsPortName: 'metrics',
  /** Answers once the node has given its addresses up; followed by the group's `/namespace/name`. */
  drainedPath: '/drained',
  /** Memory-backed, shared by agent and asker alone: a FIFO of questions, and the answers. */
  wireDir: '/run/keepalived-wire',
  /** The asker's program; see `image/asker.sh`. */
  askerProgram: '/asker',
  containers: { setup: 'config-setup', keepalived: 'keepalived', agent: 'agent', asker: 'asker' },
} as const;

/** Environment of the init container and the agent. */
export const AGENT_ENV = { node: 'NODE_NAME', pod: 'POD_NAME', group: 'KEEPALIVED_GROUP', addresses: 'POD_IPS' } as const;
