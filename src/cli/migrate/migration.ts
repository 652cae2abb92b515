import type { ObjectReference, Service } from '../../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { severityOf } from '../../api/problem.ts';
import { parseAddress } from '../../net/address.ts';
import { byText } from '../../net/text-order.ts';
import { addressTexts } from '../../plan/claims/award.ts';
import { keyOf } from '../../plan/reference.ts';
import { LEGACY_IMAGE } from '../../render/pod-template.ts';
import { type Cluster, groupOf, type PlannedGroup } from '../plan/plan-groups.ts';
import { problemLine } from '../plan/view.ts';

/** What will be otherwise for a group once this operator has it: `lost` takes an address away, `changed` needs a look, `note` is as meant. */
export interface Finding {
  readonly kind: 'lost' | 'changed' | 'note';
  readonly sentence: string;
}

/** What will be otherwise for a group that the Go operator serves; the worst first. */
export function findings(planned: PlannedGroup, cluster: Cluster): Finding[] {
  const services = cluster.services.filter((service) => referenceOf(service) === planned.key);
  const found = [
    ...lostAddresses(planned, services),
    ...refusals(planned),
    ...routerIds(planned),
    ...sharedNodes(planned, cluster),
    ...image(planned),
  ];
  return found.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** Services whose annotation is no reference: the Go operator ends with an error when it sees one. */
export const malformed = ({ services }: Cluster): Finding[] =>
  services
    .filter((service) => service.metadata.annotations?.[SERVICE_ANNOTATIONS.group] !== undefined && groupOf(service) === undefined)
    .map((service) => ({
      kind: 'changed',
      sentence: `Service ${keyOf(service)}: its annotation is not namespace/name of a group; it is passed over, with an Event`,
    }));

// --- internal ---

const ORDER: readonly Finding['kind'][] = ['lost', 'changed', 'note'];

const nameOf = ({ namespace, name }: ObjectReference): string => `${namespace}/${name}`;

function referenceOf(service: Service): string | undefined {
  const reference = groupOf(service);
  return reference && `${reference.namespace}/${reference.name}`;
}

/** Addresses that the Go operator put into its configuration and that no virtual router of the plan has. */
function lostAddresses({ plan, problems }: PlannedGroup, services: readonly Service[]): Finding[] {
  const carried = new Set(
    plan.routers.flatMap((router) => router.services.flatMap((one) => one.addresses.map((address) => `${nameOf(one.service)} ${address}`))),
  );
  return services.flatMap((service) => {
    const lost = addressTexts(service).filter((text) => !carried.has(`${keyOf(service)} ${parseAddress(text)?.text}`));
    if (lost.length === 0) return [];
    const why = [...problems]
      .filter((problem) => severityOf(problem) === 'lost' && problem.object.kind === 'Service' && nameOf(problem.object) === keyOf(service))
      .map(({ message }) => message);
    const reason = why.length > 0 ? why.join('; ') : (problems[0]?.message ?? 'see the other findings');
    return [{ kind: 'lost', sentence: `Service ${keyOf(service)}: ${lost.join(', ')} will not be carried: ${reason}` }];
  });
}

/** What the plan refuses of things that are not addresses. */
const refusals = ({ problems }: PlannedGroup): Finding[] =>
  problems.filter(({ reason }) => !ABOUT_ADDRESSES.has(reason)).map((problem) => ({ kind: 'changed', sentence: problemLine(problem) }));

const ABOUT_ADDRESSES = new Set([
  ...['AddressConflict', 'InvalidAddress', 'AddressReserved', 'AddressNotAllowed', 'NamespaceNotAllowed', 'TooManyAddresses'],
]);

/** Ids that are not what they were; an id that changes makes two owners while nodes are told one after another. */
function routerIds({ plan }: PlannedGroup): Finding[] {
  const before = plan.group.status?.routerIDs ?? {};
  return Object.entries(before)
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([name, id]) => {
      const now = plan.routerIds[name];
      if (now === id) return [];
      const sentence =
        now === undefined
          ? `virtual router id ${id} of ${name} is given up: nothing uses it`
          : `virtual router id of ${name} changes from ${id} to ${now}`;
      return [{ kind: now === undefined ? 'note' : 'changed', sentence }];
    });
}

/** Nodes that run another group as well: only the first has its metrics on the port that they are known by. */
function sharedNodes({ key, plan }: PlannedGroup, { groups, nodes }: Cluster): Finding[] {
  return groups
    .filter((other) => keyOf(other) !== key)
    .flatMap((other) => {
      const selector = Object.entries(other.spec?.nodeSelector ?? {});
      const both = nodes
        .filter(
          ({ metadata }) => plan.nodes.includes(metadata.name) && selector.every(([label, value]) => metadata.labels?.[label] === value),
        )
        .map(({ metadata }) => metadata.name);
      return both.length === 0
        ? []
        : [
            {
              kind: 'note' as const,
              sentence: `${both.join(', ')} also run ${keyOf(other)}; metrics of this group are on port ${plan.metricsPort}`,
            },
          ];
    });
}

function image({ plan }: PlannedGroup): Finding[] {
  const chosen = plan.group.spec?.image ?? '';
  const sentence =
    chosen === '' || chosen === LEGACY_IMAGE
      ? "keepalived comes from the operator's own image, not from the default of the CRD"
      : `keepalived goes on coming from ${chosen}; its keepalived must write JSON (keepalived --version: JSON)`;
  return [{ kind: 'note', sentence }];
}
