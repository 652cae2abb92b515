import type { Plan } from '../../plan/plan.ts';
import { yamlOf } from '../plan/view.ts';
import { table } from '../table.ts';
import { type Becomes, type Fate, loads } from './simulate.ts';

/** Forms of output, by kubectl's names. */
export const SIMULATION_FORMATS = ['text', 'wide', 'json', 'yaml'] as const;
export type SimulationFormat = (typeof SIMULATION_FORMATS)[number];

export interface Simulated {
  readonly without: readonly string[];
  readonly fates: readonly Fate[];
  readonly plans: readonly Plan[];
}

/** For people the addresses that do not stay, wide all; as data all. */
export function simulationView({ without, fates, plans }: Simulated, format: SimulationFormat): string {
  const nodes = loads(fates, plans);
  const value = { without, virtualRouters: fates, nodes };
  if (format === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  if (format === 'yaml') return yamlOf([value]);
  const shown = fates.filter(({ becomes }) => format === 'wide' || becomes !== 'Stays');
  return [
    headline(without, fates),
    ...(shown.length > 0 ? [table(['ADDRESS', 'ROUTER', 'FROM', 'TO', 'BECOMES', 'NOTE'], shown.flatMap(rows))] : []),
    ...(nodes.length > 0 ? [table(['NODE', 'NOW', 'THEN'], nodes.map(nodeRow(without)))] : []),
  ].join('\n');
}

/** Whether there are addresses that nobody answers at afterwards, and somebody did before. */
export const hasLost = (fates: readonly Fate[]): boolean => fates.some(({ becomes }) => becomes === 'Lost' || becomes === 'Unanswered');

/** How often each becomes what, in addresses; a line with its end. */
export function headline(without: readonly string[], fates: readonly Fate[]): string {
  const count = (...wanted: readonly Becomes[]): number =>
    fates.filter(({ becomes }) => wanted.includes(becomes)).reduce((sum, { addresses }) => sum + addresses.length, 0);
  const parts: [number, string][] = [
    [count('Lost'), 'have no node left'],
    [count('Unanswered'), 'have no endpoints left'],
    [count('Unowned'), 'have no owner as it is'],
    [count('Stays'), 'stay'],
  ];
  const rest = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const all = count('Stays', 'Moves', 'Unanswered', 'Lost', 'Unowned');
  return `Without ${without.join(', ')}: ${[`${count('Moves')} of ${all} addresses move`, ...rest].join(', ')}. Connections to addresses that move break.\n`;
}

// --- internal ---

const rows = ({ addresses, router, from = '<none>', to = '<none>', becomes, note = '' }: Fate): string[][] =>
  addresses.map((address) => [address, router, from, to, becomes, note]);

const nodeRow =
  (without: readonly string[]) =>
  ({ name, before, after }: ReturnType<typeof loads>[number]): string[] => [
    name,
    String(before),
    without.includes(name) ? 'gone' : String(after),
  ];
