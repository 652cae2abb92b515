import { FIELD_MANAGER, LEGACY_FIELD_MANAGER } from '../api/names.ts';
import { Applier } from '../kube/apply/apply.ts';
import { Budget } from '../kube/budget.ts';
import type { Client } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { Settings } from '../plan/input.ts';
import { AddressView } from './allocate/address-view.ts';
import { AllocateController, type AllocateOptions } from './allocate/allocate.ts';
import { Findings } from './allocate/findings.ts';
import { Newest } from './allocate/newest.ts';
import { type Routers, TellController, type TellOptions } from './allocate/tell.ts';
import type { ClusterView } from './cluster/cluster-view.ts';
import type { EmptiedNodes } from './cluster/emptied-nodes.ts';
import type { Monitoring } from './cluster/monitoring.ts';
import { GROUPS } from './cluster/resource.ts';
import type { TemplateFile } from './cluster/template-file.ts';
import type { Controller } from './controller.ts';
import { type Decision, Decisions } from './decisions.ts';
import { DeliverController } from './deliver/deliver.ts';
import { FormerGroups, type FormerGroupsOptions } from './deliver/former-groups.ts';
import { GroupObjects } from './deliver/group-objects.ts';
import { NodeNews } from './deliver/node-news.ts';
import { Nudger } from './deliver/nudger.ts';
import { PriorityRefusals } from './deliver/priority-refusals.ts';
import type { ManagerMetrics } from './endpoints/metrics/metrics.ts';
import { GroupStatus } from './group-status.ts';
import { AgentReports } from './observe/agent-reports.ts';
import { Journals } from './observe/journals.ts';
import { ObserveController } from './observe/observe.ts';
import { Ours } from './observe/ours.ts';
import { PodRefusals } from './observe/pod-refusals.ts';
import type { SteadyNodes } from './observe/steady-nodes.ts';
import { Verdicts } from './observe/verdicts.ts';
import type { ManagerOptions } from './options.ts';
import { ServeController } from './serve/serve.ts';
import { type RecordEvent, ToldProblems } from './told-problems.ts';

/** What is watched, and what writes; made before the controllers, and there for all of them. */
export interface Surroundings {
  readonly options: ManagerOptions;
  readonly client: Client;
  /** With connections of its own. */
  readonly podClient: Client;
  readonly view: ClusterView;
  readonly emptied: EmptiedNodes;
  readonly steady: SteadyNodes;
  readonly monitoring: Monitoring;
  readonly template: TemplateFile;
  readonly recorder: EventRecorder;
  readonly metrics: ManagerMetrics;
  /** With what is known of the cluster and of this process by now. */
  readonly settings: () => Settings;
}

/** Writes a second, for the pods that are told of a configuration, and as many for Services. */
export const WRITES_PER_SECOND = 100;

/** The controllers, in the order in which one pass over everything makes sense. */
export function controllers(surroundings: Surroundings): readonly Controller[] {
  const { options, client, view, recorder } = surroundings;
  const { clock, log, agentPort, writesPerSecond = WRITES_PER_SECOND } = options;
  const record: RecordEvent = (regarding, happening) => recorder.record(regarding, happening);
  const problems = new ToldProblems(record);
  const decisions = new Decisions();
  const findings = new Findings();
  const status = new GroupStatus(client, clock);
  const onConfirmed = (seconds: number): void => surroundings.metrics.delivered(seconds);
  const reports = new AgentReports({ pods: view.pods, clock, log, onConfirmed, port: agentPort });
  const priority = new PriorityRefusals({ view, log });
  const { reflectorTimes, monitoringEvery } = options;
  const addresses = new AddressView({ client, clock, log, times: reflectorTimes, lookEvery: monitoringEvery });
  const written = {
    get isReady() {
      return addresses.isReady;
    },
    list: () => addresses.virtualIPs.list(),
    onReady: (listener: () => void) => addresses.onReady(listener),
  };
  const journals = new Journals({ written, clock });
  const verdicts = new Verdicts();
  return [
    ...allocation(surroundings, { problems, findings, addresses, journals, verdicts, routers: routersOf(decisions) }),
    deliver(surroundings, { decisions, status, reports, priority, record, ledger: written }),
    new ObserveController({
      decisions,
      wordsOf: (key) => reports.wordsOf(key),
      onReports: (listener) => reports.onNews(listener),
      ask: (signal) => reports.run(signal),
      status,
      problems,
      record,
      journals,
      verdicts,
      uidOf: (name) => addresses.virtualIPs.get(name)?.metadata.uid,
      view,
      ours: new Ours({ nodes: view.nodes, groups: () => decisions.keys(), wordsOf: (key) => reports.wordsOf(key) }),
      refusals: new PodRefusals({ client, clock, log }),
      onRefusals: (key, messages) => priority.heard(key, messages),
      observers: [surroundings.metrics, surroundings.steady],
      clock,
    }),
    new ServeController({ client, view, decisions, findings, problems, budget: new Budget(writesPerSecond, clock), clock, log }),
  ];
}

// --- internal ---

interface Shared {
  readonly decisions: Decisions;
  readonly status: GroupStatus;
  readonly reports: AgentReports;
  readonly priority: PriorityRefusals;
  readonly record: RecordEvent;
  readonly ledger: FormerGroupsOptions['ledger'];
}

/** One gives addresses, the other tells of them. */
function allocation(
  { options, client, view, settings, metrics }: Surroundings,
  {
    routers,
    journals,
    verdicts,
    ...shared
  }: Pick<AllocateOptions, 'problems' | 'findings' | 'addresses'> & Pick<TellOptions, 'routers' | 'journals' | 'verdicts'>,
): readonly [AllocateController, TellController] {
  const { clock, log, writesPerSecond = WRITES_PER_SECOND } = options;
  const { addresses } = shared;
  const newest = { virtualIPs: new Newest(addresses.virtualIPs, clock), services: new Newest(view.services, clock) };
  const pools = new Newest(addresses.pools, clock);
  const budget = new Budget(writesPerSecond, clock);
  const tell = new TellController({ ...newest, client, view, addresses, routers, journals, verdicts, pools, budget, clock, log });
  const onPools: AllocateOptions['onPools'] = (states) => {
    metrics.pools(states);
    tell.hear(states);
  };
  return [new AllocateController({ ...shared, ...newest, client, view, onPools, settings, clock, log }), tell];
}

/** Which virtual router carries an address, as the newest decision of its group says; each decision is read once. */
function routersOf(decisions: Decisions): Routers {
  const known = new WeakMap<Decision, ReadonlyMap<string, string>>();
  const read = (decision: Decision): ReadonlyMap<string, string> =>
    new Map(decision.plan.routers.flatMap(({ name, addresses }) => addresses.map((address): [string, string] => [address, name])));
  return {
    of(group, address) {
      const decision = decisions.get(group);
      if (decision === undefined) return undefined;
      const byAddress = known.get(decision) ?? read(decision);
      known.set(decision, byAddress);
      return byAddress.get(address);
    },
    onChange: (listener) => decisions.onChange(listener),
  };
}

function deliver(surroundings: Surroundings, { decisions, status, reports, priority, record, ledger }: Shared): DeliverController {
  const { options, client, podClient, view, monitoring, template } = surroundings;
  const { clock, log, prometheus, writesPerSecond = WRITES_PER_SECOND } = options;
  const applier = new Applier({ client, fieldManager: FIELD_MANAGER, legacyManager: LEGACY_FIELD_MANAGER });
  const isAnswered = (podKey: string, revision: string): boolean | undefined => reports.isAnswered(podKey, revision);
  const budget = new Budget(writesPerSecond, clock);
  return new DeliverController({
    view,
    status,
    objects: new GroupObjects({ view, applier, monitoring, prometheus, record, log }),
    nudger: new Nudger({ client: podClient, view, budget, isAnswered, clock, log }),
    priority,
    former: new FormerGroups({ client: podClient, view, newest: (group) => status.newest(group), ledger, budget, clock, log }),
    news: new NodeNews({ view, reportsOf: (key) => reports.reportsOf(key), clock }),
    decisions,
    onReports: (listener) => reports.onNews(listener),
    isOurs: (resource, object) => (resource === GROUPS ? status.isOurs(object) : applier.isOurs(resource, object)),
    unfit: (key) => ({ emptied: surroundings.emptied.names, unsteady: surroundings.steady.unsteadyIn(key, view.groups.get(key)?.status) }),
    settings: surroundings.settings,
    rendering: () => ({ custom: template.current, supportsPodMonitor: monitoring.exists }),
    ...{ writesPerSecond, clock, log },
  });
}
