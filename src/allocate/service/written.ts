import type { Service } from '../../api/core.ts';
import { ALLOCATED_GROUP_ANNOTATION, ALLOCATION_ANNOTATION, SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { parseAddress } from '../../net/address.ts';

/** What the manager wrote of an allocation on a Service, and what others wrote beside it. */
export interface Written {
  /** Addresses that the annotation lists; canonical. */
  readonly addresses: readonly string[];
  /** The group that the manager named for the user. */
  readonly group?: string;
}

export function writtenOn({ metadata }: Service): Written {
  if (metadata.annotations === undefined) return NOTHING;
  const { [ALLOCATION_ANNOTATION]: list = '', [ALLOCATED_GROUP_ANNOTATION]: group } = metadata.annotations ?? {};
  return {
    addresses: list === '' ? NOTHING.addresses : list.split(',').flatMap((text) => parseAddress(text)?.text ?? []),
    ...(group !== undefined && group === metadata.annotations?.[SERVICE_ANNOTATIONS.group] && { group }),
  };
}

/** The group that the user names, `namespace/name`; not one that the manager named for him. */
export function askedGroup(service: Service): string | undefined {
  const named = service.metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim();
  return named === undefined || named === writtenOn(service).group ? undefined : named;
}

/** Addresses in the Service's status; canonical. */
export const statusAddresses = ({ status }: Service): string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : (parseAddress(ip)?.text ?? [])));

// --- internal ---

const NOTHING: Written = { addresses: [] };
