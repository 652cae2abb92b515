import type { FencesSpec, KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem, Reason } from '../../api/problem.ts';
import { containsAny, type Located, parseRange } from '../../net/range.ts';
import { groupReference, keyOf } from '../reference.ts';

/** Addresses of one group that a namespace may have, where the group does not say; more would slow the failover of all (docs/security.md). */
export const ADDRESSES_PER_NAMESPACE = 5000;

/** Why something may not be, with what allows it. */
export interface Refusal {
  readonly reason: Reason;
  readonly message: string;
}

/** Who may have what of a group. */
export interface Fence {
  /** Why Services of the namespace may not use the group, or undefined. */
  refusesNamespace(namespace: string): Refusal | undefined;
  /** Why no Service may have the address from this group, or undefined. */
  refusesAddress(address: string, located: Located): Refusal | undefined;
  /** Why a Service that has `ofService` addresses, in a namespace that has `ofNamespace` of them, may not have one more, or undefined. */
  refusesOneMore(
    address: string,
    had: { readonly ofService: number; readonly ofNamespace: number; readonly namespace: string },
  ): Refusal | undefined;
  /**
   * Why a namespace that has `had` virtual routers of its own may not have one more, where `left` ids are free and `kept` of them are for
   * namespaces that have fewer than are left; or undefined.
   */
  refusesOneMoreRouter(
    router: string,
    ids: { readonly namespace: string; readonly had: number; readonly left: number; readonly kept: number },
  ): Refusal | undefined;
  /** Whether Services may set this keyword beside the safe ones. */
  allowsKeyword(keyword: string): boolean;
}

/** The group's fences. Entries that can't be read count for nothing, and are told by {@link fenceProblems}. */
export function fenceOf(group: KeepalivedGroup): Fence {
  const fences = group.spec?.fences ?? {};
  const key = `KeepalivedGroup ${keyOf(group)}`;
  const rangesOf = (texts: readonly string[]) => containsAny(texts.flatMap((text) => parseRange(text) ?? []));
  const isExcluded = rangesOf(fences.excludedAddresses ?? []);
  const isAllowed = fences.addresses === undefined ? () => true : rangesOf(fences.addresses);
  return {
    refusesNamespace(namespace) {
      if (fences.namespaces === undefined || fences.namespaces.includes(namespace)) return undefined;
      const message = `namespace ${namespace} may not use ${key}; to allow it, its owner adds the line "- ${namespace}" to spec.fences.namespaces`;
      return { reason: 'NamespaceNotAllowed', message };
    },
    refusesAddress(address, located) {
      if (isExcluded(located)) {
        const message = `${address} is among spec.fences.excludedAddresses of ${key}; choose another address, or have its owner remove it there`;
        return { reason: 'AddressNotAllowed', message };
      }
      if (isAllowed(located)) return undefined;
      const message = `${address} is not among spec.fences.addresses of ${key} (${shown(fences.addresses ?? [])}); choose one of those, or have its owner add the line "- ${address}" there`;
      return { reason: 'AddressNotAllowed', message };
    },
    refusesOneMore(address, { ofService, ofNamespace, namespace }) {
      const { addressesPerService = Number.POSITIVE_INFINITY, addressesPerNamespace = ADDRESSES_PER_NAMESPACE } = fences;
      if (ofService < addressesPerService && ofNamespace < addressesPerNamespace) return undefined;
      const [who, field, had, most]: readonly [string, keyof FencesSpec, number, number] =
        ofService >= addressesPerService
          ? ['the Service', 'addressesPerService', ofService, addressesPerService]
          : [`namespace ${namespace}`, 'addressesPerNamespace', ofNamespace, addressesPerNamespace];
      const message = `${address} is refused: ${who} has ${had} addresses of ${key}, and the limit is ${most}; to allow more, its owner sets "${field}: ${had + 1}" in spec.fences`;
      return { reason: 'TooManyAddresses', message };
    },
    refusesOneMoreRouter(router, { namespace, had, left, kept }) {
      const most = fences.routersPerNamespace;
      if (most === undefined ? left > kept || had < left : had < most) return undefined;
      const why = most === undefined ? `the ${left} ids that are free are reserved for other namespaces` : `the limit is ${most}`;
      const message = `${router} has no virtual router: namespace ${namespace} has ${had} dedicated ones of ${key}, and ${why}; remove its verbatim lines or externalTrafficPolicy Local, with which it can not share one, or have the group's owner set "routersPerNamespace: ${had + 1}" in spec.fences`;
      return { reason: 'TooManyRouters', message };
    },
    allowsKeyword: (keyword) => fences.verbatimKeys?.includes(keyword) ?? false,
  };
}

/** What can't be read of the group's fences. The API server refuses most of it. */
export function fenceProblems(group: KeepalivedGroup): Problem[] {
  return (['addresses', 'excludedAddresses', 'allowedGateways'] as const).flatMap((field) =>
    (group.spec?.fences?.[field] ?? [])
      .filter((text) => parseRange(text) === undefined)
      .map((text) => ({
        object: groupReference(group),
        reason: 'FenceMalformed' as const,
        message: `spec.fences.${field} holds ${JSON.stringify(text)}, which is ignored; write a prefix such as 192.0.2.0/24, a range such as 192.0.2.10-192.0.2.20, or one address`,
      })),
  );
}

// --- internal ---

const SHOWN = 4;

const shown = (texts: readonly string[]): string =>
  texts.length > SHOWN ? `${texts.slice(0, SHOWN).join(', ')} and ${texts.length - SHOWN} more` : texts.join(', ');
