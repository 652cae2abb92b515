/** What is recorded of what was scraped, as a file for `promtool test rules`. */
import { stringify } from 'yaml';
import { FIRST, manager, managerSeries, ofGroup } from './scraped.ts';

export interface Recorded {
  /** The name of the recording, with labels that tell its series. */
  readonly expr: string;
  readonly value: number;
}

const GROUP = { ...FIRST, group: 'web/vips' };
const LABELS = { cluster: 'first', namespace: 'keepalived-operator', job: 'metrics', group: 'web/vips' };

/**
 * Scraped every 30 s for six hours and more: three failovers of two addresses in the last hour, each of which took between 1.5 and 2 s. The values of
 * `increase` are exact because the counters stand still at both ends.
 */
const SCRAPED: Readonly<Record<string, string>> = {
  ...manager('m1', FIRST),
  ...Object.fromEntries(Object.entries(ofGroup('keepalived_operator_planned_vips', FIRST, 2)).map(([series]) => [series, '2x800'])),
  [managerSeries('keepalived_operator_unavailable_vip_seconds_total', 'm1', GROUP)]: '0x700 10.8x100',
  [managerSeries('keepalived_operator_moves_total', 'm1', { ...GROUP, cause: 'NodeSilent' })]: '0x700 3x100',
  [managerSeries('keepalived_operator_without_owner_seconds_bucket', 'm1', { ...GROUP, le: '1.5' })]: '0x800',
  [managerSeries('keepalived_operator_without_owner_seconds_bucket', 'm1', { ...GROUP, le: '2' })]: '0x700 3x100',
  [managerSeries('keepalived_operator_without_owner_seconds_bucket', 'm1', { ...GROUP, le: '+Inf' })]: '0x700 3x100',
};
const LOOK = '400m';

export const RECORDED: readonly Recorded[] = [
  { expr: 'group:keepalived_operator_unavailable_vips:ratio_increase1h', value: 10.8 / 2 / 3600 },
  { expr: 'group:keepalived_operator_unavailable_vips:ratio_increase6h', value: 10.8 / 2 / 21_600 },
  { expr: 'group:keepalived_operator_unavailable_vips:ratio_increase30d', value: 10.8 / 2 / 2_592_000 },
  { expr: 'group:keepalived_operator_without_owner_seconds:p95_increase1d', value: 1.5 + 0.5 * 0.95 },
  { expr: 'group_cause:keepalived_operator_moves:increase1d{cause="NodeSilent"}', value: 3 },
];

/** Values are compared to a millionth of themselves: increases are extrapolated from scrape to scrape. */
export function recordingTest({ expr, value }: Recorded, rules: string): string {
  const input_series = Object.entries(SCRAPED).map(([series, values]) => ({ series, values }));
  const near = `sum(round(${expr} / ${value}, 0.01))`;
  const promql_expr_test = [
    { expr: near, eval_time: LOOK, exp_samples: [{ labels: '{}', value: 1 }] },
    {
      expr: `count by (cluster, namespace, job, group) (${expr})`,
      eval_time: LOOK,
      exp_samples: [
        {
          labels: `{${Object.entries(LABELS)
            .map(([label, text]) => `${label}="${text}"`)
            .join(', ')}}`,
          value: 1,
        },
      ],
    },
  ];
  return stringify({ rule_files: [rules], evaluation_interval: '30s', tests: [{ interval: '30s', input_series, promql_expr_test }] });
}
