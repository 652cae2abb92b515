/** What becomes of a scenario's input: the same code as `kubectl keepalived plan`, and the status once every node runs what it was told. */
import type { NodeReport } from '../../src/api/node/report.ts';
import type { Answer } from '../../src/cli/answer.ts';
import { answerPlan } from '../../src/cli/plan/command.ts';
import { nodeFile } from '../../src/cli/plan/node-file.ts';
import { type Cluster, clusterOf, type PlannedGroup, planGroups } from '../../src/cli/plan/plan-groups.ts';
import { readObjects } from '../../src/cli/plan/read-objects.ts';
import { yamlOf } from '../../src/cli/plan/view.ts';
import type { Settings } from '../../src/plan/input.ts';
import { DEFAULT_POD_PRIORITY } from '../../src/plan/pod-priority.ts';
import { renderStatus } from '../../src/render/status.ts';
import { ownersBy } from '../builders/word.ts';

/** Texts by file name, without the input. */
export type Outcome = ReadonlyMap<string, string>;

export const SETTINGS: Settings = { agentImage: 'example.org/keepalived-operator:test', podPriorityClass: DEFAULT_POD_PRIORITY };

export interface Scenario {
  readonly cluster: Cluster;
  readonly planned: readonly PlannedGroup[];
}

export function scenarioOf(input: string): Scenario {
  const cluster = clusterOf(readObjects([{ name: 'input.yaml', text: input }], 'default').objects);
  return { cluster, planned: planGroups(cluster, { settings: SETTINGS }) };
}

export function outcomeOf(input: string): Outcome {
  const { cluster, planned } = scenarioOf(input);
  return new Map([
    ['plan.txt', answered(input)],
    ['objects.yaml', yamlOf(planned.flatMap(({ objects }) => objects))],
    ['status.yaml', yamlOf(planned.map((group) => ({ [group.key]: statusOf(group) })))],
    ...planned.flatMap((group) => filesOf(group, cluster)),
  ]);
}

/** The status of a group once each node runs its file and the first in each order is master. */
export function statusOf({ plan, config, key }: PlannedGroup): object {
  const reports = plan.nodes.map((node): NodeReport => {
    const instances = plan.routers.map(({ name, id, addresses, ranks }) => {
      const state = ranks[0] === node ? ('MASTER' as const) : ('BACKUP' as const);
      const held = state === 'MASTER' ? addresses : [];
      return { name, virtualRouterId: id, interface: 'eth0', state, since: NOW, priority: 100, addresses, held };
    });
    return {
      ...{ version: 1, group: key, node, pod: `pod-on-${node}`, instances, problems: [] },
      config: { revision: config?.revision ?? null, since: NOW },
      daemon: { running: true, reloads: 0 },
      link: { name: 'eth0', addresses: [] },
    };
  });
  return renderStatus(plan, { reports, owners: ownersBy(plan, reports), now: NOW });
}

// --- internal ---

const NOW = '2026-02-01T00:00:00Z';

function answered(input: string): string {
  const answer: Answer = answerPlan([{ name: 'input.yaml', text: input }], {
    ...{ namespace: 'default', output: 'wide', operatorImage: SETTINGS.agentImage },
  });
  const notes = answer.notes.map((note) => `${note}\n`).join('');
  return [answer.stdout, notes].filter((text) => text !== '').join('\n');
}

/** `vips.node1.conf`; where the agent would make none, why. */
function filesOf(group: PlannedGroup, cluster: Cluster): [string, string][] {
  const nodes = cluster.nodes.filter(({ metadata }) => group.plan.nodes.includes(metadata.name));
  return nodes.flatMap((node): [string, string][] => {
    const { text, notes } = nodeFile(group, node, cluster, { interface: 'eth0' });
    const told = notes.map((note) => `# ${note}\n`).join('');
    return text === undefined ? [] : [[`${group.plan.group.metadata.name}.${node.metadata.name}.conf`, `${told}${text}`]];
  });
}
