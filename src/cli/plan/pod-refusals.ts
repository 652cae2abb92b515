import type { KubernetesObject } from '../../api/core.ts';
import { isRecord } from '../../api/record.ts';
import type { PlannedGroup } from './plan-groups.ts';

/** What Namespaces and ResourceQuotas of the input keep the pods of a group from, a sentence each: the cluster would make none of them. */
export function podRefusals(objects: readonly KubernetesObject[], { key, objects: made }: PlannedGroup): string[] {
  const [namespace] = key.split('/');
  const containers = made.filter(({ kind }) => kind === 'DaemonSet').flatMap(containersOf);
  return objects.flatMap((object) => {
    const { kind, metadata } = object;
    if (kind === 'Namespace' && metadata.name === namespace) return podSecurity(metadata, key);
    return kind === 'ResourceQuota' && metadata.namespace === namespace ? quota(object, key, containers) : [];
  });
}

// --- internal ---

const ENFORCED = 'pod-security.kubernetes.io/enforce';
const REFUSING = ['baseline', 'restricted'];

function podSecurity({ name, labels = {} }: KubernetesObject['metadata'], group: string): string[] {
  const level = labels[ENFORCED] ?? '';
  if (!REFUSING.includes(level)) return [];
  return [
    `Namespace ${name} enforces Pod Security ${level}, which refuses the pods of KeepalivedGroup ${group} because they use the network of the node; set its label ${ENFORCED}: privileged, or move the group to a namespace that has it`,
  ];
}

interface Container {
  readonly name: string;
  readonly resources: Readonly<Record<string, unknown>>;
}

/** Of the pods; a custom template may make them of any form. */
function containersOf(daemonSet: KubernetesObject): Container[] {
  const pod = ['spec', 'template', 'spec'].reduce<unknown>(recordIn, daemonSet);
  return ['initContainers', 'containers'].flatMap((field) => {
    const list = isRecord(pod) ? pod[field] : undefined;
    const found: readonly unknown[] = Array.isArray(list) ? list : [];
    return found.filter(isRecord).map((one) => ({ name: String(one.name), resources: recordIn(one, 'resources') }));
  });
}

/** A quota of an amount refuses every pod with a container that doesn't say how much of it it takes. One with scopes may be for other pods. */
function quota(object: KubernetesObject, group: string, containers: readonly Container[]): string[] {
  const { metadata } = object;
  const spec = recordIn(object, 'spec');
  if (spec.scopes !== undefined || spec.scopeSelector !== undefined) return [];
  const lacking = Object.keys(recordIn(spec, 'hard')).flatMap((amount) => {
    const names = containers.filter((container) => lacks(container, amount)).map(({ name }) => name);
    return names.length === 0 ? [] : [{ amount, names }];
  });
  if (lacking.length === 0) return [];
  const amounts = lacking.map(({ amount }) => amount).sort();
  const names = [...new Set(lacking.flatMap((one) => one.names))];
  return [
    `ResourceQuota ${metadata.namespace}/${metadata.name} wants ${amounts.join(' and ')} of every container, and ${names.join(', ')} of KeepalivedGroup ${group} do not say it, so its pods are refused; set it in spec.resources of the group, or make a LimitRange that does`,
  ];
}

/** `cpu` is another name of `requests.cpu`. What has a limit and no request asks for as much as its limit. */
function lacks({ resources }: Container, amount: string): boolean {
  const [, kind = 'requests', name = ''] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(amount) ?? [];
  if (name === '') return false;
  const has = (of: string): boolean => recordIn(resources, of)[name] !== undefined;
  return !has('limits') && (kind === 'limits' || !has('requests'));
}

function recordIn(object: unknown, field: string): Readonly<Record<string, unknown>> {
  const found = isRecord(object) ? object[field] : undefined;
  return isRecord(found) ? found : {};
}
