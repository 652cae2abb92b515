import type { HealthCheckReport, NodeReport, VrrpState } from '../../api/node/report.ts';
import { COUNTERS, type Counter, type DumpedInstance } from '../../vrrp/dump.ts';
import type { Histories } from '../../vrrp/history.ts';

/** What the exposition says beside the report. */
export interface MetricsInput {
  readonly report: NodeReport;
  readonly instances: readonly DumpedInstance[];
  readonly histories: Histories;
}

/**
 * Prometheus text exposition, version 0.0.4. The `keepalived_vrrp_*` totals have the names and labels of gen2brain's keepalived_exporter 0.5.0,
 * with `state` as a label; `keepalived_instance_*` do not change their labels at a transition.
 */
export function exposition(input: MetricsInput): string {
  return [...families(input)].map(printFamily).join('');
}

// --- internal ---

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const HELP: Readonly<Record<Counter, string>> = {
  advert_rcvd: 'Advertisements received',
  advert_sent: 'Advertisements sent',
  become_master: 'Became master',
  release_master: 'Released master',
  packet_len_err: 'Packet length errors',
  advert_interval_err: 'Advertisement interval errors',
  ip_ttl_err: 'TTL errors',
  invalid_type_rcvd: 'Invalid type errors',
  addr_list_err: 'Address list errors',
  invalid_authtype: 'Authentication invalid',
  authtype_mismatch: 'Authentication mismatch',
  auth_failure: 'Authentication failure',
  pri_zero_rcvd: 'Priority zero received',
  pri_zero_sent: 'Priority zero sent',
};

const ENDPOINTS: Readonly<Record<HealthCheckReport['finding'], number>> = { endpoints: 1, none: 0, unanswered: -1 };
const STATE_NUMBERS: Readonly<Record<VrrpState, number>> = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3, STOP: 4 };

function* families(input: MetricsInput): Generator<Family> {
  const { report } = input;
  yield gauge('keepalived_up', 'Status', report.daemon.running ? 1 : 0);
  yield* counterFamilies(input);
  yield* instanceFamilies(input);
  yield gauge('keepalived_agent_config_accepted', '0 while the newest configuration is refused', report.config.refused ? 0 : 1);
  yield {
    ...gauge('keepalived_agent_config_revision', 'Revision that keepalived confirmed', 1),
    samples: report.config.revision === null ? [] : [{ labels: { revision: report.config.revision }, value: 1 }],
  };
  if (report.config.since !== null)
    yield gauge(
      'keepalived_agent_config_since_seconds',
      'Unix time of the last change that keepalived confirmed',
      seconds(report.config.since),
    );
  yield {
    ...gauge('keepalived_agent_reloads_total', 'Reloads of keepalived since the agent started', report.daemon.reloads),
    type: 'counter',
  };
  yield {
    ...gauge(
      'keepalived_agent_endpoints',
      '1 with ready endpoints of the Service on the node, 0 without, -1 if no health check answers',
      0,
    ),
    samples: (report.checks ?? []).map(({ name, finding }) => ({ labels: { service: name }, value: ENDPOINTS[finding] })),
  };
  if (report.dataPath !== undefined)
    yield gauge(
      'keepalived_agent_kube_proxy_healthy',
      '0 while kube-proxy on the node does not say that it is healthy',
      report.dataPath === 'healthy' ? 1 : 0,
    );
  yield { ...gauge('keepalived_agent_problems', 'What keeps this node from serving, by reason', 0), samples: problemSamples(report) };
}

/** As the exporter that dashboards were made for: only instances that the daemon tells of, and nothing while it is down. */
function* counterFamilies({ report, instances, histories }: MetricsInput): Generator<Family> {
  if (!report.daemon.running || instances.length === 0) return;
  for (const counter of COUNTERS) {
    const samples = instances.map(({ name, interface: intf, virtualRouterId, state, counters }) => ({
      labels: { name, intf, vrid: String(virtualRouterId), state: histories.get(name)?.state ?? state },
      value: counters[counter],
    }));
    yield { name: `keepalived_vrrp_${counter}`, type: 'counter', help: HELP[counter], samples };
  }
}

function* instanceFamilies({ report: { instances }, histories }: MetricsInput): Generator<Family> {
  const each = (value: (instance: NodeReport['instances'][number]) => number): Sample[] =>
    instances.map((instance) => ({
      labels: { name: instance.name, intf: instance.interface, vrid: String(instance.virtualRouterId) },
      value: value(instance),
    }));
  const family = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, type: 'gauge', help, samples });
  yield family(
    'keepalived_instance_state',
    '0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT, 4 STOP',
    each(({ state }) => STATE_NUMBERS[state]),
  );
  yield family(
    'keepalived_instance_priority',
    'Effective priority',
    each(({ priority }) => priority),
  );
  yield family(
    'keepalived_instance_addresses',
    'Addresses that the instance carries',
    each(({ addresses }) => addresses.length),
  );
  yield family(
    'keepalived_instance_addresses_held',
    'Addresses of the instance that are on the interface',
    each(({ held }) => held.length),
  );
  yield family(
    'keepalived_instance_last_transition_seconds',
    'Unix time of the last transition',
    each(({ since }) => seconds(since)),
  );
  const transitions = each(({ name }) => histories.get(name)?.transitions ?? 0);
  yield { ...family('keepalived_instance_transitions_total', 'Transitions seen since the agent started', transitions), type: 'counter' };
}

function problemSamples({ problems }: NodeReport): Sample[] {
  const counts = Map.groupBy(problems, ({ reason }) => reason);
  return [...counts].map(([reason, { length }]) => ({ labels: { reason }, value: length }));
}

function gauge(name: string, help: string, value: number): Family {
  return { name, type: 'gauge', help, samples: [{ labels: {}, value }] };
}

function printFamily({ name, type, help, samples }: Family): string {
  if (samples.length === 0) return '';
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map((sample) => printSample(name, sample)).join('')}`;
}

function printSample(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

const escapeLabel = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
const seconds = (time: string): number => Date.parse(time) / 1000;
