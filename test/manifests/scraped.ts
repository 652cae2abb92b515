/** What Prometheus has scraped, as series and values of promtool. */

/** Scrapes, one every 30 s. */
export const TIMES = 50;

export type Labels = Readonly<Record<string, string>>;

export const WEB = { namespace: 'web', group: 'web/vips' };
export const DNS = { namespace: 'dns', group: 'dns/vips' };
export const FIRST = { cluster: 'first' };
export const SECOND = { cluster: 'second' };
const LEASE = { name: '03846a46.redhat.io' };

/** Labels that the PodMonitor of a group gives the series of a pod. */
export function target(pod: string, group: Labels): Labels {
  return { ...group, job: group.group ?? '', pod, instance: `${pod}:9650`, container: 'agent', endpoint: 'metrics' };
}

export function instance(pod: string, group: Labels, name: string): Labels {
  return { ...target(pod, group), name, intf: 'eth0', vrid: '1' };
}

export interface Agent {
  readonly up?: number;
  readonly accepted?: number;
  readonly revision?: string;
}

/** What an agent serves, with the states of its virtual routers by name. */
export function node(
  pod: string,
  group: Labels,
  states: Readonly<Record<string, number>>,
  { up = 1, accepted = 1, revision = '1' }: Agent = {},
): Record<string, string> {
  const labels = target(pod, group);
  return {
    [series('up', labels)]: `1x${TIMES}`,
    [series('keepalived_up', labels)]: `${up}x${TIMES}`,
    [series('keepalived_agent_config_accepted', labels)]: `${accepted}x${TIMES}`,
    [series('keepalived_agent_config_revision', { ...labels, revision })]: `1x${TIMES}`,
    ...Object.fromEntries(
      Object.entries(states).map(([name, state]) => [series('keepalived_instance_state', instance(pod, group, name)), `${state}x${TIMES}`]),
    ),
  };
}

/** The same when only the first scrapes succeeded. */
export function unscraped(pod: string, group: Labels, states: Readonly<Record<string, number>>): Record<string, string> {
  const all = Object.entries(node(pod, group, states)).map(([name, values]) => [name, values.replace(/^(\d+)x.*/, '$1x5 stale')]);
  return { ...Object.fromEntries(all), [series('up', target(pod, group))]: `1x5 0x${TIMES}` };
}

/** A series of a manager; labels of its own win over those of its pod. */
export function managerSeries(name: string, pod: string, labels: Labels): string {
  return series(name, { namespace: 'keepalived-operator', job: 'metrics', pod, instance: `${pod}:8443`, ...labels });
}

export function manager(pod: string, cluster: Labels, leads = 1): Record<string, string> {
  return {
    [managerSeries('up', pod, cluster)]: `1x${TIMES}`,
    [managerSeries('keepalived_operator_groups', pod, cluster)]: `1x${TIMES}`,
    [managerSeries('leader_election_master_status', pod, { ...cluster, ...LEASE })]: `${leads}x${TIMES}`,
  };
}

export function ofGroup(name: string, labels: Labels, value: number): Record<string, string> {
  return { [managerSeries(name, 'm1', { ...labels, group: 'web/vips' })]: `${value}x${TIMES}` };
}

/** As the first cluster's manager counts it. */
export function ofPool(pool: string, state: string, value: number): Record<string, string> {
  const labels = { ...FIRST, pool, family: 'IPv4', state };
  return { [managerSeries('keepalived_operator_pool_addresses', 'm1', labels)]: `${value}x${TIMES}` };
}

export function series(name: string, labels: Labels): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')}}`;
}
