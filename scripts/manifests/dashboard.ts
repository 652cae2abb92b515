/** The Grafana dashboard: who has which address, what moved, and whether manager and nodes agree. */

interface Panel {
  readonly title: string;
  readonly type: 'stat' | 'table' | 'timeseries';
  /** PromQL. */
  readonly expr: string;
  /** How a series is called. */
  readonly legend?: string;
  readonly unit?: string;
  readonly description: string;
  /** Grafana's grid has 24 columns. */
  readonly width: number;
}

export const PANELS: readonly Panel[] = [
  stat('VRRP instances', 'count(count by (name) (keepalived_instance_state))', 'Each carries one address or several.'),
  stat(
    'without an owner',
    'count(sum by (name) (keepalived_instance_state == bool 2) == 0) or vector(0)',
    'Their addresses answer nobody.',
  ),
  stat(
    'with two owners',
    'count(sum by (name) (keepalived_instance_state == bool 2) > 1) or vector(0)',
    'Nodes that do not hear each other.',
  ),
  stat('keepalived down', 'count(keepalived_up == 0) or vector(0)', 'Nodes whose daemon does not run.'),
  stat('configurations refused', 'count(keepalived_agent_config_accepted == 0) or vector(0)', 'Nodes that go on with the one before.'),
  stat('managers that lead', 'sum(leader_election_master_status) or vector(0)', 'One of them should.'),
  {
    ...{ title: 'Owners', type: 'table', width: 12, legend: '{{name}}' },
    expr: 'keepalived_instance_addresses_held and keepalived_instance_state == 2',
    description: 'The pod that is master of each VRRP instance, and how many addresses it holds.',
  },
  series('VIPs by node', 'sum by (instance) (keepalived_instance_addresses_held)', '{{instance}}', 'Addresses on each node.'),
  series(
    'Transitions',
    'sum by (name) (increase(keepalived_instance_transitions_total[5m]))',
    '{{name}}',
    'State changes in five minutes.',
  ),
  series(
    'Adverts sent',
    'sum by (instance) (rate(keepalived_vrrp_advert_sent[5m]))',
    '{{instance}}',
    'Each second, by node: only masters send.',
  ),
  series('Reloads', 'sum by (instance) (increase(keepalived_agent_reloads_total[5m]))', '{{instance}}', 'Of keepalived, in five minutes.'),
  {
    ...series('Delivery', delivery(0.5), 'median', 'From telling a pod of a configuration until its daemon has confirmed it.'),
    unit: 's',
  },
  series(
    'Failovers',
    'sum by (group) (increase(keepalived_operator_failovers_total[5m]))',
    '{{group}}',
    'Virtual routers that changed their node, in five minutes.',
  ),
  series(
    'Refusals',
    'sum by (group, reason) (keepalived_operator_refusals)',
    '{{group}} {{reason}}',
    'What was asked for and is not carried.',
  ),
  series(
    'Reconciliations',
    'sum by (result) (rate(controller_runtime_reconcile_total[5m]))',
    '{{result}}',
    'Of groups, each second, by result.',
  ),
  series('Requests to the API server', 'sum by (code) (rate(rest_client_requests_total[5m]))', '{{code}}', 'Each second, by answer.'),
];

/** The dashboard as Grafana imports it; it asks for the data source. */
export function dashboard(): string {
  let [x, y] = [0, 0];
  const panels = PANELS.map((panel, index) => {
    const height = panel.type === 'stat' ? 4 : 8;
    if (x + panel.width > 24) [x, y] = [0, y + (PANELS[index - 1]?.type === 'stat' ? 4 : 8)];
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
  templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' }] },
};

function stat(title: string, expr: string, description: string): Panel {
  return { title, type: 'stat', expr, description, width: 4 };
}

function series(title: string, expr: string, legend: string, description: string): Panel {
  return { title, type: 'timeseries', expr, legend, description, width: 12 };
}

function delivery(quantile: number): string {
  return `histogram_quantile(${quantile}, sum by (le) (rate(keepalived_operator_delivery_seconds_bucket[15m])))`;
}

function printed({ title, type, expr, legend, unit, description }: Panel, id: number, gridPos: object): object {
  const isTable = type === 'table';
  return {
    ...{ id, type, title, description, gridPos, datasource: DATASOURCE },
    fieldConfig: { defaults: { ...(unit !== undefined && { unit }), min: 0 }, overrides: [] },
    targets: [
      {
        ...{ refId: 'A', expr, datasource: DATASOURCE },
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
