import { stringify } from 'yaml';
import type { KubernetesObject } from '../../api/core.ts';
import { isHint, type Problem, severityOf, worstFirst } from '../../api/problem.ts';
import type { ServiceStatus } from '../../plan/service-status.ts';
import type { VirtualRouter } from '../../plan/virtual-router.ts';
import { table } from '../table.ts';
import type { PlannedGroup } from './plan-groups.ts';

/** Forms of output, by kubectl's names. */
export const FORMATS = ['yaml', 'json', 'wide', 'name'] as const;
export type Format = (typeof FORMATS)[number];

/** What is printed of the planned groups. */
export const VIEWS: Readonly<Record<Format, (groups: readonly PlannedGroup[]) => string>> = {
  yaml: (groups) => yamlOf(objectsOf(groups)),
  json: (groups) => `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objectsOf(groups) }, null, 2)}\n`,
  wide: (groups) => groups.map(wide).join('\n'),
  name: (groups) =>
    objectsOf(groups)
      .map((object) => `${resourceOf(object)}/${object.metadata.name}\n`)
      .join(''),
};

/** Documents of YAML, in which every text is one for Kubernetes, too: it reads version 1.1, where `yes` is true. */
export const yamlOf = (objects: readonly unknown[]): string =>
  objects.map((object) => stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');

/** `Service web/a: NoAddress: ...`, of a hint `hint: Service web/a: ...` */
export function problemLine(problem: Problem): string {
  const { kind, namespace, name } = problem.object;
  const object = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return `${isHint(problem) ? 'hint: ' : ''}${object}: ${problem.reason}: ${problem.message}`;
}

// --- internal ---

const objectsOf = (groups: readonly PlannedGroup[]): KubernetesObject[] => groups.flatMap(({ objects }) => objects);

function resourceOf({ apiVersion, kind }: KubernetesObject): string {
  const [group, version] = apiVersion.split('/');
  return `${kind.toLowerCase()}${version === undefined ? '' : `.${group}`}`;
}

/** Which addresses are where: the group, its virtual routers with their nodes in order, and what was refused. */
function wide({ key, plan, config, problems }: PlannedGroup): string {
  const [namespace = '', name = ''] = key.split('/');
  const link = plan.link === undefined ? '<none>' : plan.link.kind === 'name' ? plan.link.name : `to ${plan.link.to}`;
  const addresses = plan.routers.reduce((sum, router) => sum + router.addresses.length, 0);
  const group = [
    namespace,
    name,
    link,
    String(plan.nodes.length),
    String(addresses),
    String(problems.filter((problem) => !isHint(problem)).length),
    config?.revision ?? '<none>',
  ];
  return [
    table(['NAMESPACE', 'GROUP', 'INTERFACE', 'NODES', 'ADDRESSES', 'REFUSED', 'REVISION'], [group]),
    ...(plan.routers.length > 0 ? [table(['VIRTUAL-ROUTER', 'ID', 'ADDRESSES', 'NODES'], plan.routers.map(routerRow))] : []),
    ...(plan.serviceStatuses.length > 0 ? [table(['SERVICE', 'STATUS'], plan.serviceStatuses.map(statusRow))] : []),
    ...(problems.length > 0 ? [table(['OBJECT', 'SEVERITY', 'REASON', 'MESSAGE'], worstFirst(problems).map(problemRow))] : []),
  ].join('\n');
}

const routerRow = ({ name, id, addresses, ranks }: VirtualRouter): string[] => [
  name,
  String(id),
  listed(addresses),
  ranks.join(',') || '<none>',
];

const statusRow = ({ object: { namespace, name }, ingress }: ServiceStatus): string[] => [
  `${namespace}/${name}`,
  listed(ingress.map(({ ip, hostname }) => ip ?? hostname ?? '')) || '<none>',
];

/** A carrier has hundreds. */
const SHOWN = 8;

const listed = (texts: readonly string[]): string =>
  texts.length <= SHOWN ? texts.join(',') : `${texts.slice(0, SHOWN).join(',')} and ${texts.length - SHOWN} more`;

const problemRow = (problem: Problem): string[] => [
  `${problem.object.kind} ${problem.object.namespace}/${problem.object.name}`,
  severityOf(problem),
  problem.reason,
  problem.message,
];
