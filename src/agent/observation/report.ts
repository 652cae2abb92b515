import {
  type HealthCheckReport,
  type InstanceReport,
  type LeftOut,
  MOST_NETWORKS,
  type NodeReport,
  REPORT_VERSION,
} from '../../api/node/report.ts';
import type { WireReport } from '../../api/node/wire.ts';
import type { Conf } from '../../conf/tree.ts';
import { addressesOn, isHostPrefix, type NetworkInterface } from '../../localise/node-facts.ts';
import { isHint, type Problem, worstFirst } from '../../localise/problem.ts';
import type { DumpedInstance } from '../../vrrp/dump.ts';
import type { Histories } from '../../vrrp/history.ts';
import type { Moment } from '../../vrrp/moment.ts';
import { ownAddresses } from '../serving/own-address.ts';
import { macsOf } from '../wire/mac.ts';
import { canonical } from './canonical.ts';
import { whyFault } from './fault.ts';
import { isPresent } from './present.ts';
import { servingProblems } from './serving-problems.ts';
import type { Transitions } from './transitions.ts';

/** All that the agent tells at one moment. */
export interface View {
  readonly group: string;
  readonly node: string;
  readonly pod: string;
  /** What the daemon has confirmed, and since when, in milliseconds since 1970. */
  readonly active: { readonly revision: string; readonly since: number } | null;
  /** The round that a changed password waits after, or null while none waits. */
  readonly passwordWaitsAfter: number | null;
  readonly refused: { readonly revision: string; readonly message: string; readonly lines: readonly string[] } | null;
  /** Verbatim lines that the confirmed file does without. */
  readonly leftOut: readonly LeftOut[];
  readonly daemonRuns: boolean;
  /** It runs and answers nothing. */
  readonly daemonHangs: boolean;
  readonly reloads: number;
  readonly link: string | null;
  readonly interfaces: readonly NetworkInterface[];
  /** By which the cluster knows the node. */
  readonly podAddresses: readonly string[];
  readonly gateways?: readonly string[] | undefined;
  /** This node's file that was confirmed; null before the first. */
  readonly conf: Conf | null;
  /** As the newest look found them, with their state. */
  readonly links: readonly NetworkInterface[];
  readonly checks: readonly HealthCheckReport[];
  /** Undefined where kube-proxy has never said that it is healthy. */
  readonly isDataPathHealthy: boolean | undefined;
  readonly instances: readonly DumpedInstance[];
  readonly histories: Histories;
  readonly transitions: Transitions;
  /** Who answers for addresses that other nodes own. */
  readonly wire?: WireReport | undefined;
  readonly problems: readonly Problem[];
  readonly now: Moment;
}

/** A new master puts its addresses on the interface a moment after it says so; longer than this is a fault. */
const ADDRESS_GRACE_MILLISECONDS = 2000;

/** The truth about one node. */
export function reportOf(view: View): NodeReport {
  const instances = view.instances.map((instance) => instanceReport(instance, view));
  const macs = macsOf(view.links, view.link);
  return {
    version: REPORT_VERSION,
    group: view.group,
    node: view.node,
    pod: view.pod,
    config: {
      revision: view.active?.revision ?? null,
      since: view.active ? rfc3339(view.active.since) : null,
      ...(view.passwordWaitsAfter !== null && { passwordWaitsAfter: view.passwordWaitsAfter }),
      ...(view.leftOut.length > 0 && { leftOut: view.leftOut }),
      ...(view.refused && { refused: view.refused }),
    },
    // Older managers know only `running`, and are to take a daemon that hangs for one that does not run.
    daemon: { running: works(view), reloads: view.reloads, ...(view.daemonHangs && { hangs: true }) },
    link: view.link === null ? null : { name: view.link, addresses: linkAddresses(view), ...(macs.length > 0 && { macs }) },
    ...(view.gateways && { gateways: view.gateways }),
    ...(view.checks.length > 0 && { checks: view.checks }),
    ...(view.isDataPathHealthy !== undefined && { dataPath: view.isDataPathHealthy ? 'healthy' : 'unhealthy' }),
    ...(view.link !== null && { networks: networks(view) }),
    instances,
    ...(view.transitions.length > 0 && { transitions: view.transitions }),
    ...(view.wire && { wire: view.wire }),
    problems: worstFirst([
      ...view.problems.filter((problem) => !isHint(problem)),
      ...daemonProblems(view),
      ...servingProblems(view),
      ...instances.flatMap((instance) => faultProblems(instance, view)),
      ...instances.flatMap((instance) => addressProblems(instance, view)),
    ]),
    ...hintsOf(view),
  };
}

/** Whether the node serves what it was told: the daemon runs a confirmed file and holds what it says that it holds. */
export function isReady(report: NodeReport): boolean {
  return report.daemon.running && report.config.revision !== null && !report.problems.some(({ reason }) => reason === 'AddressMissing');
}

// --- internal ---

function hintsOf({ problems }: View): Pick<NodeReport, 'hints'> {
  const hints = problems.filter(isHint);
  return hints.length > 0 ? { hints } : {};
}

function instanceReport(instance: DumpedInstance, view: View): InstanceReport {
  const history = view.histories.get(instance.name);
  const addresses = instance.addresses.map(canonical);
  const present = isPresent(view.interfaces);
  return {
    name: instance.name,
    virtualRouterId: instance.virtualRouterId,
    interface: instance.interface,
    state: works(view) ? (history?.state ?? instance.state) : 'STOP',
    since: rfc3339(history?.since.wall ?? view.now.wall),
    priority: instance.effectivePriority,
    addresses,
    held: addresses.filter(present),
  };
}

/** The link's own addresses, without what this and other groups' keepalived put there. */
function linkAddresses({ interfaces, link, instances, podAddresses }: View): string[] {
  const carried = instances.flatMap(({ addresses }) => addresses);
  const own = new Set(ownAddresses({ interfaces, podAddresses, carried }));
  return addressesOn(interfaces, link)
    .map(({ address }) => address)
    .filter((address) => own.has(canonical(address)) || address.startsWith('fe80:'));
}

/** Of the link, each by the node's own address in it. A VIP is put there as a single address, and a link-local network holds none. */
const networks = ({ interfaces, link }: View): string[] =>
  addressesOn(interfaces, link)
    .filter((one) => !isHostPrefix(one) && !one.address.startsWith('fe80:'))
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`)
    .sort()
    .slice(0, MOST_NETWORKS);

const works = ({ daemonRuns, daemonHangs }: View): boolean => daemonRuns && !daemonHangs;

function daemonProblems({ daemonRuns, daemonHangs, node }: View): Problem[] {
  if (daemonHangs)
    return [
      {
        reason: 'DaemonHangs',
        message: `keepalived on node ${node} runs and answers nothing, so other nodes have its addresses; it is killed and starts again when that lasts`,
      },
    ];
  if (daemonRuns) return [];
  return [
    { reason: 'DaemonNotRunning', message: `keepalived does not run on node ${node}; see the log of the pod's container keepalived` },
  ];
}

/** Why an instance is in FAULT, unless its Service has no endpoints here. */
function faultProblems({ name, state, interface: link }: InstanceReport, { conf, links, checks }: View): Problem[] {
  if (state !== 'FAULT' || conf === null) return [];
  const withoutEndpoints = new Set(checks.flatMap((check) => (check.finding === 'none' ? check.name : [])));
  const why = whyFault({ name, link, conf, interfaces: links, withoutEndpoints });
  return why === null ? [] : [{ reason: 'InstanceFault', message: `${name} is in FAULT and leaves its addresses to other nodes: ${why}` }];
}

function addressProblems({ name, state, addresses, held, interface: link }: InstanceReport, { now, histories }: View): Problem[] {
  if (now.at - (histories.get(name)?.since.at ?? Number.NEGATIVE_INFINITY) < ADDRESS_GRACE_MILLISECONDS) return [];
  if (state !== 'MASTER')
    return held.length === 0
      ? []
      : [
          {
            reason: 'LeftoverAddress',
            message: `${name} is ${state} and ${link} still has ${held.join(', ')}, which a keepalived left that was killed; delete the pod, so that a new one cleans up`,
          },
        ];
  const missing = addresses.filter((address) => !held.includes(address));
  return missing.length === 0
    ? []
    : [
        {
          reason: 'AddressMissing',
          message: `${name} is MASTER and ${link} lacks ${missing.join(', ')}; keepalived needs the capabilities NET_ADMIN and NET_RAW, and nothing else may remove addresses`,
        },
      ];
}

const rfc3339 = (milliseconds: number): string => new Date(milliseconds).toISOString();
