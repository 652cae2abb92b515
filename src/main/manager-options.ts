import { Command, InvalidArgumentError } from 'commander';
import { RELEASED_IMAGE } from '../api/release.ts';
import { WRITES_PER_SECOND } from '../manager/assemble.ts';
import type { OwnPod } from '../manager/cluster/own-image.ts';
import type { SecureMetrics } from '../manager/endpoints/endpoints.ts';
import type { BindAddress } from '../manager/endpoints/web.ts';
import { parseRange } from '../net/range.ts';
import type { ReservedAddresses, Settings } from '../plan/input.ts';
import { DEFAULT_POD_PRIORITY } from '../plan/pod-priority.ts';
import type { PrometheusAccount } from '../render/pod-monitor.ts';
import type { LogLevel } from '../telemetry/log.ts';

/** What the command line and the environment of the manager say. */
export interface ManagerArguments {
  readonly kubeconfig: string | undefined;
  readonly metrics: BindAddress | undefined;
  readonly secureMetrics: SecureMetrics | undefined;
  readonly prometheus: PrometheusAccount | undefined;
  readonly dryRun: boolean;
  readonly health: BindAddress | undefined;
  readonly leaderElect: boolean;
  /** Namespace of the lease, where the environment names one. */
  readonly namespace: string | undefined;
  /** Whose image the agents get; undefined where the environment names an image, or no pod. */
  readonly ownPod: OwnPod | undefined;
  /** File of a custom template. */
  readonly templateFile: string | undefined;
  readonly writesPerSecond: number;
  readonly logLevel: LogLevel;
  readonly settings: Settings;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads flags and environment; both are those of the Go operator, so that its manifests start this one unchanged.
 * @throws CommanderError for an unknown flag, a value that can't be read, and after --help
 */
export function managerArguments(args: readonly string[], environment: Environment): ManagerArguments {
  const command = new Command('manager')
    .exitOverride()
    .option('--kubeconfig <file>', 'kubeconfig file; by default KUBECONFIG, ~/.kube/config or the service account of the pod')
    .option('--metrics-bind-address <address>', 'address of the metrics server without TLS; 0 disables it', bindAddress, PLAIN_METRICS)
    .option(
      '--metrics-secure-bind-address <address>',
      'address of the HTTPS metrics server; clients need permission to get /metrics; 0 disables it',
      bindAddress,
    )
    .option('--metrics-cert-path <folder>', 'folder with tls.crt and tls.key for the HTTPS metrics; by default a self-signed certificate')
    .option(
      '--prometheus-service-account <account>',
      'NAMESPACE/NAME of the ServiceAccount of Prometheus, which may list the pods of groups; 0 for none',
      account,
      PROMETHEUS,
    )
    .option('--dry-run [yes]', 'print as YAML what the manager would write, and exit; nothing is stored', truth, false)
    .option('--health-probe-bind-address <address>', 'address of the server of /healthz and /readyz; 0 disables it', bindAddress, {
      port: 8081,
    })
    .option('--leader-elect [yes]', 'reconcile only while holding the lease', truth, false)
    .option(
      '--reserved-addresses <list>',
      'comma-separated prefixes, ranges (first-last) or addresses that no Service may use as a VIP, such as the ranges of Services',
      reservedAddresses,
      [],
    )
    .option('--pod-priority-class <name>', 'priority class of the pods of groups that set none; empty for none', DEFAULT_POD_PRIORITY)
    .option(
      '--services-without-class [yes]',
      'give addresses of pools also to Services of type LoadBalancer that name neither a class nor a group',
      truth,
      false,
    )
    .option(
      '--writes-per-second <number>',
      'maximum number of writes per second to pods, and the same number to Services; the first changes are written at once',
      writesPerSecond,
      WRITES_PER_SECOND,
    )
    .option('--zap-log-level <level>', 'debug, info, warn, error, panic, or a number from 1 (debug)', logLevel)
    .option('--zap-devel [yes]', 'accepted; without --zap-log-level the level is debug when it is given', truth, false)
    .option('--zap-encoder <encoder>', 'accepted; lines are always JSON')
    .option('--zap-stacktrace-level <level>', 'accepted; errors always carry their stack')
    .option('--zap-time-encoding <encoding>', 'accepted; times are always RFC 3339');
  const flags = command.parse(args.map(longFlag), { from: 'user' }).opts();
  const agentImage = environment.KEEPALIVED_OPERATOR_IMAGE_NAME || undefined;
  const operandImage = environment.RELATED_IMAGE_KEEPALIVED;
  return {
    kubeconfig: flags.kubeconfig,
    // For null commander gives an empty text.
    metrics: flags.metricsBindAddress || undefined,
    secureMetrics: secureMetrics(flags.metricsSecureBindAddress || undefined, flags.metricsCertPath, environment.POD_NAMESPACE),
    prometheus: flags.prometheusServiceAccount || undefined,
    dryRun: flags.dryRun,
    health: flags.healthProbeBindAddress || undefined,
    leaderElect: flags.leaderElect,
    namespace: environment.POD_NAMESPACE || undefined,
    ownPod: agentImage === undefined ? ownPod(environment) : undefined,
    templateFile: environment.KEEPALIVEDGROUP_TEMPLATE_FILE_NAME || undefined,
    writesPerSecond: flags.writesPerSecond,
    logLevel: flags.zapLogLevel ?? (flags.zapDevel ? 'debug' : 'info'),
    settings: {
      agentImage: agentImage ?? RELEASED_IMAGE,
      ...(operandImage && { operandImage }),
      ...(flags.podPriorityClass && { podPriorityClass: flags.podPriorityClass }),
      reservedAddresses: [...apiAddress(environment), ...flags.reservedAddresses],
      ...(flags.servicesWithoutClass && { servesWithoutClass: true }),
    },
  };
}

// --- internal ---

/** Only for what runs in the same pod, such as a proxy that asks who asks. */
const PLAIN_METRICS: BindAddress = { host: '127.0.0.1', port: 8080 };
/** The account that the Go operator had built in. */
const PROMETHEUS: PrometheusAccount = { namespace: 'openshift-monitoring', name: 'prometheus-k8s' };
const METRICS_SERVICE = 'keepalived-operator-controller-manager-metrics';

function secureMetrics(
  bind: BindAddress | undefined,
  certificates: string | undefined,
  namespace = 'keepalived-operator',
): SecureMetrics | undefined {
  if (bind === undefined) return undefined;
  return { bind, certificates, names: [`${METRICS_SERVICE}.${namespace}.svc`, 'localhost'] };
}

function ownPod({ POD_NAMESPACE: namespace = '', POD_NAME: name = '' }: Environment): OwnPod | undefined {
  return namespace === '' || name === '' ? undefined : { namespace, name };
}

/** `namespace/name`; null for `0` and for nothing. */
function account(text: string): PrometheusAccount | null {
  if (text === '0' || text === '') return null;
  const [namespace = '', name = '', ...more] = text.split('/');
  if (namespace === '' || name === '' || more.length > 0) throw new InvalidArgumentError('expected NAMESPACE/NAME, or 0');
  return { namespace, name };
}

/** Go's flags may have one dash. */
const longFlag = (arg: string): string => (/^-[a-z][a-z-]+/.test(arg) ? `-${arg}` : arg);

/** `:8081`, `127.0.0.1:8081`, `[::1]:8081` or `8081`; null for `0` and for nothing. */
function bindAddress(text: string): BindAddress | null {
  if (text === '0' || text === '') return null;
  const match = /^(?:(.*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw new InvalidArgumentError('expected HOST:PORT, such as 127.0.0.1:8080, or :PORT, or 0');
  const host = match[1]?.replace(/^\[(.*)\]$/, '$1');
  return { port, ...(host && { host }) };
}

/** The address of the Kubernetes API inside the cluster, which kubelet tells every pod. */
function apiAddress({ KUBERNETES_SERVICE_HOST: range = '' }: Environment): ReservedAddresses[] {
  return parseRange(range) === undefined ? [] : [{ range, is: 'the address of the Kubernetes API' }];
}

function reservedAddresses(list: string, before: readonly ReservedAddresses[]): ReservedAddresses[] {
  const ranges = list.split(',').map((text) => text.trim());
  const wrong = ranges.find((range) => parseRange(range) === undefined);
  if (wrong !== undefined) throw new InvalidArgumentError(`${JSON.stringify(wrong)} is not a prefix, range or address`);
  return [...before, ...ranges.map((range) => ({ range, is: `in ${range}, which --reserved-addresses of the operator names` }))];
}

function writesPerSecond(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number from 1 on');
  return number;
}

function truth(text: string | true): boolean {
  if (text === true || ['true', 't', '1'].includes(text.toLowerCase())) return true;
  if (['false', 'f', '0'].includes(text.toLowerCase())) return false;
  throw new InvalidArgumentError('expected true or false');
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  dpanic: 'fatal',
  panic: 'fatal',
  fatal: 'fatal',
};

function logLevel(text: string): LogLevel {
  const level = /^\d+$/.test(text) ? (text === '0' ? 'info' : 'debug') : LEVELS[text.toLowerCase()];
  if (level === undefined) throw new InvalidArgumentError(`expected ${Object.keys(LEVELS).join(', ')} or a number`);
  return level;
}
