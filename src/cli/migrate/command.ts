import { Command } from 'commander';
import { type Answer, failed, told } from '../answer.ts';
import { clusterOf, planGroups } from '../plan/plan-groups.ts';
import { readObjects, type Source, UnreadableInput } from '../plan/read-objects.ts';
import { type Finding, findings, malformed } from './migration.ts';

/** `migrate-check`; `run` is given the names of files. */
export function migrateCheckCommand(run: (files: readonly string[], namespace: string) => Promise<void>): Command {
  return new Command('migrate-check')
    .summary('lists what changes when this operator replaces redhat-cop/keepalived-operator; reads files only')
    .description(
      `Reads the groups, Services and Nodes of a cluster that redhat-cop/keepalived-operator (Go) serves, and lists what changes when this operator
replaces it. The exit status is 1 when an address would be lost, or the input can not be read.`,
    )
    .requiredOption('-f, --filename <file...>', 'files or folders of YAML or JSON; - for standard input')
    .option('-n, --namespace <namespace>', 'namespace of objects that name none', 'default')
    .addHelpText('after', EXAMPLES)
    .action(({ filename, namespace }: { readonly filename: readonly string[]; readonly namespace: string }) => run(filename, namespace));
}

/** The whole command but for files and streams. */
export function answerMigrateCheck(sources: readonly Source[], namespace: string): Answer {
  try {
    const { objects, leftOut } = readObjects(sources, namespace);
    const cluster = clusterOf(objects);
    const planned = planGroups(cluster, { settings: { agentImage: '' } });
    const sections = planned.map((group) => {
      const carried = group.plan.routers.reduce((sum, { addresses }) => sum + addresses.length, 0);
      return section(`KeepalivedGroup ${group.key}: ${counted(carried, 'address', 'addresses')} carried`, findings(group, cluster));
    });
    const strays = malformed(cluster);
    if (strays.length > 0) sections.push(section('Services of no group', strays));
    const lost = planned.some((group) => findings(group, cluster).some(({ kind }) => kind === 'lost'));
    if (planned.length === 0) return told(sections.join('\n'), [...leftOut, 'the input holds no KeepalivedGroup']);
    return { stdout: `${[...sections, ALWAYS].join('\n')}`, notes: leftOut, status: lost ? 1 : 0 };
  } catch (error) {
    if (error instanceof UnreadableInput) return failed(error.message);
    throw error;
  }
}

// --- internal ---

const EXAMPLES = `
Example:
  kubectl get keepalivedgroups,services,nodes,pods -A -o yaml | kubectl keepalived migrate-check -f -`;

const ALWAYS = `Always: the pods of every group are replaced, one node after another, and addresses move as the pods of their owners go.
What else is different: docs/migrate.md
`;

const MARKS: Readonly<Record<Finding['kind'], string>> = { lost: 'LOST    ', changed: 'changed ', note: 'note    ' };

const section = (title: string, found: readonly Finding[]): string =>
  `${title}\n${found.map(({ kind, sentence }) => `  ${MARKS[kind]}${sentence}\n`).join('')}`;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
