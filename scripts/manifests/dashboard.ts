/** The Grafana dashboard: who has which address, what moved, and whether manager and nodes agree. */

export interface Panel {
  readonly title: string;
  readonly type: 'stat' | 'table' | 'timeseries';
  /** PromQL, with Grafana's variables. */
  readonly expr: string;
  /** How a series is called. */
  readonly legend?: string;
  /** Grafana's name of it. */
  readonly unit: string;
  readonly description: string;
  /** Grafana's grid has 24 columns. */
  readonly width: number;
}

/** Series of agents, with the group that the PodMonitor gives them. */
const AGENTS = '{cluster=~"$cluster", job=~"$job", instance=~"$instance", group=~"$group"}';
/** Series of managers about groups. */
const GROUPS = '{cluster=~"$cluster", group=~"$group"}';
/** A virtual router: two groups may use one name, and two clusters one group. */
const ROUTER = 'cluster, namespace, job, group, name';
const MASTERS = `sum by (${ROUTER}) (keepalived_instance_state${AGENTS} == bool 2)`;
/** Other programs have series of the same names: only what serves ours, too, counts. */
const OF_AGENTS = 'and on (cluster, namespace, job, instance) keepalived_agent_config_accepted';
const OF_MANAGERS = 'and on (cluster, namespace, job, instance) keepalived_operator_groups';

export const PANELS: readonly Panel[] = [
  stat(
    'Virtual routers',
    `count(count by (${ROUTER}) (keepalived_instance_state${AGENTS})) or vector(0)`,
    'Each has one address or several.',
  ),
  stat(
    'Without an owner',
    `count(${MASTERS} == 0 unless on (cluster, namespace, job) up == 0) or vector(0)`,
    'No node is master, and every node of the group was scraped. Their addresses do not answer.',
  ),
  stat('With two owners', `count(${MASTERS} > 1) or vector(0)`, 'Nodes that do not receive the adverts of each other.'),
  stat(
    'Nodes not scraped',
    `count(up${AGENTS} == 0 and on (cluster, namespace, job) max_over_time(keepalived_agent_config_accepted[1d])) or vector(0)`,
    'What they hold is unknown to Prometheus.',
  ),
  stat('keepalived down', `count(keepalived_up${AGENTS} == 0 ${OF_AGENTS}) or vector(0)`, 'Nodes on which keepalived does not run.'),
  stat(
    'Configurations refused',
    `count(keepalived_agent_config_accepted${AGENTS} == 0) or vector(0)`,
    'Nodes that continue with the configuration before.',
  ),
  stat(
    'Managers that lead',
    'sum(leader_election_master_status{cluster=~"$cluster", name="03846a46.redhat.io"}) or vector(0)',
    'One in each cluster.',
  ),
  {
    title: 'Owners',
    type: 'table',
    width: 12,
    unit: 'short',
    legend: '{{name}}',
    expr: `keepalived_instance_addresses_held${AGENTS} and keepalived_instance_state == 2`,
    description: 'The pod that is master of each virtual router, and how many addresses it holds.',
  },
  series('Addresses by node', `sum by (cluster, instance) (keepalived_instance_addresses_held${AGENTS})`, {
    legend: '{{instance}}',
    unit: 'short',
    description: 'How many addresses are on each node.',
  }),
  series('Transitions', `sum by (${ROUTER}) (increase(keepalived_instance_transitions_total${AGENTS}[$__rate_interval]))`, {
    legend: '{{group}} {{name}}',
    unit: 'short',
    description: 'Changes of state of each virtual router, over all nodes.',
  }),
  series('Adverts sent', `sum by (cluster, instance) (rate(keepalived_vrrp_advert_sent${AGENTS}[$__rate_interval]) ${OF_AGENTS})`, {
    legend: '{{instance}}',
    unit: 'pps',
    description: 'By node. Only masters send.',
  }),
  series('Reloads', `sum by (cluster, instance) (increase(keepalived_agent_reloads_total${AGENTS}[$__rate_interval]))`, {
    legend: '{{instance}}',
    unit: 'short',
    description: 'Reloads of keepalived on each node.',
  }),
  series('Delivery', histogram(0.5, 'keepalived_operator_delivery_seconds_bucket{cluster=~"$cluster"}'), {
    legend: 'median',
    unit: 's',
    description: 'From telling a pod of a configuration until its keepalived has confirmed it.',
  }),
  series('Failovers', `sum by (cluster, group) (increase(keepalived_operator_failovers_total${GROUPS}[$__rate_interval]))`, {
    legend: '{{group}}',
    unit: 'short',
    description: 'Virtual routers that moved to another node.',
  }),
  series('Moves by cause', `sum by (cluster, group, cause) (increase(keepalived_operator_moves_total${GROUPS}[$__rate_interval])) > 0`, {
    legend: '{{group}} {{cause}}',
    unit: 'short',
    description: 'Times that a node became the owner of a virtual router, and why.',
  }),
  series('Time without an owner', histogram(0.99, `keepalived_operator_without_owner_seconds_bucket${GROUPS}`), {
    legend: '99th percentile',
    unit: 's',
    description: 'Time for which no node owned a virtual router that moved: the longest that it can have been.',
  }),
  series('Refusals', `sum by (cluster, group, reason) (keepalived_operator_refusals${GROUPS})`, {
    legend: '{{group}} {{reason}}',
    unit: 'short',
    description: 'What Services ask for and the group does not carry.',
  }),
  series('Pools: how full', `1 - ${pools('free')} / ${pools('total')}`, {
    legend: '{{pool}} {{family}}',
    unit: 'percentunit',
    description: 'The share of the addresses of each pool that is used or reserved.',
  }),
  series('Pools: addresses left', pools('free'), {
    legend: '{{pool}} {{family}}',
    unit: 'short',
    description: 'Addresses that a Service without one can still get.',
  }),
  series(
    'Reconciliations',
    'sum by (result) (rate(controller_runtime_reconcile_total{cluster=~"$cluster", controller="keepalivedgroup"}[$__rate_interval]))',
    { legend: '{{result}}', unit: 'ops', description: 'Of groups, by result.' },
  ),
  series(
    'Requests to the API server',
    `sum by (code) (rate(rest_client_requests_total{cluster=~"$cluster"}[$__rate_interval]) ${OF_MANAGERS})`,
    { legend: '{{code}}', unit: 'reqps', description: 'Requests of the managers, by the status of the answer.' },
  ),
];

/** The variables above the panels, in their order: each query may use those before it. */
export const VARIABLES: readonly { readonly name: string; readonly label: string; readonly query: string }[] = [
  { name: 'cluster', label: 'Cluster', query: 'label_values(keepalived_agent_config_accepted, cluster)' },
  { name: 'group', label: 'Group', query: 'label_values(keepalived_agent_config_accepted{cluster=~"$cluster"}, group)' },
  { name: 'job', label: 'Job', query: 'label_values(keepalived_agent_config_accepted{cluster=~"$cluster", group=~"$group"}, job)' },
  {
    name: 'instance',
    label: 'Node',
    query: 'label_values(keepalived_agent_config_accepted{cluster=~"$cluster", group=~"$group", job=~"$job"}, instance)',
  },
];

/** The dashboard as Grafana imports it; it asks for the data source. */
export function dashboard(): string {
  let [x, y] = [0, 0];
  const panels = PANELS.map((panel, index) => {
    const height = heightOf(panel);
    if (x + panel.width > 24) [x, y] = [0, y + heightOf(PANELS[index - 1] ?? panel)];
    const gridPos = { x, y, w: panel.width, h: height };
    x += panel.width;
    return printed(panel, index + 1, gridPos);
  });
  return `${JSON.stringify({ ...FRAME, panels }, null, 2)}\n`;
}

// --- internal ---

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

const FRAME = {
  title: 'keepalived-operator',
  uid: 'keepalived-operator',
  tags: ['keepalived', 'kubernetes'],
  timezone: 'browser',
  schemaVersion: 39,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' }, ...VARIABLES.map(variable)] },
};

/** All by default; its value matches series without the label, too, such as `cluster` where there is one cluster. */
function variable({ name, label, query }: (typeof VARIABLES)[number]): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

const heightOf = ({ type }: Panel): number => (type === 'stat' ? 4 : 8);

function stat(title: string, expr: string, description: string): Panel {
  return { title, type: 'stat', expr, unit: 'short', description, width: 3 };
}

function series(title: string, expr: string, more: Pick<Panel, 'unit' | 'description'> & { readonly legend: string }): Panel {
  return { title, type: 'timeseries', expr, ...more, width: 12 };
}

/** Only the manager that leads knows them. */
function pools(state: string): string {
  return `max by (cluster, pool, family) (keepalived_operator_pool_addresses{cluster=~"$cluster", state="${state}"})`;
}

function histogram(quantile: number, buckets: string): string {
  return `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[$__rate_interval])))`;
}

function printed({ title, type, expr, legend, unit, description }: Panel, id: number, gridPos: object): object {
  const isTable = type === 'table';
  return {
    id,
    type,
    title,
    description,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: [
      {
        refId: 'A',
        expr,
        datasource: DATASOURCE,
        ...(legend !== undefined && { legendFormat: legend }),
        ...(isTable && { format: 'table', instant: true }),
      },
    ],
    ...(isTable && {
      transformations: [
        { id: 'organize', options: { excludeByName: { Time: true, __name__: true, container: true, endpoint: true, job: true } } },
      ],
    }),
  };
}
