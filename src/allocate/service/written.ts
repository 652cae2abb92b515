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
  const { [ALLOCATION_ANNOTATION]: list = '', [ALLOCATED_GROUP_ANNOTATION]: group } = metadata.annotations;
  const addresses = list === '' ? NOTHING.addresses : list.split(',').flatMap((text) => parseAddress(text)?.text ?? []);
  return group !== undefined && group === metadata.annotations[SERVICE_ANNOTATIONS.group] ? { addresses, group } : { addresses };
}

/** The group that the user names, `namespace/name`; not one that the manager named for him. */
export function askedGroup({ metadata }: Service, written: Written): string | undefined {
  const named = metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim();
  return named === undefined || named === written.group ? undefined : named;
}

/** Addresses in the Service's status; canonical. */
export function statusAddresses({ status }: Service): string[] {
  const found: string[] = [];
  for (const { ip } of status?.loadBalancer?.ingress ?? []) {
    const address = ip === undefined ? undefined : parseAddress(ip);
    if (address !== undefined) found.push(address.text);
  }
  return found;
}

// --- internal ---

const NOTHING: Written = { addresses: [] };
