import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';
import { type Address, type Family, parseAddress } from '../../net/address.ts';
import type { Refusal } from '../../plan/claims/fence.ts';

/** What a Service of type LoadBalancer asks for. */
export interface Wish {
  /** The primary one first. */
  readonly families: readonly Family[];
  /** Whether it wants all of them or none. */
  readonly needsAll: boolean;
  /** Canonical; at most one of each family. */
  readonly addresses: Readonly<Partial<Record<Family, Address>>>;
  /** Name of an AddressPool. */
  readonly pool?: string;
}

/** Reads `ipFamilies`, `ipFamilyPolicy`, `loadBalancerIP` and the annotations; a refusal where they can't be met together. */
export function wishOf({ metadata, spec }: Service): Wish | Refusal {
  const { [ALLOCATION_ANNOTATIONS.addresses]: annotation, [ALLOCATION_ANNOTATIONS.pool]: named } = metadata.annotations ?? {};
  const texts = annotation === undefined && spec?.loadBalancerIP === undefined ? [] : requestedTexts(annotation, spec?.loadBalancerIP);
  const addresses: Partial<Record<Family, Address>> = {};
  for (const text of texts) {
    const address = parseAddress(text);
    if (address === undefined) return invalid(`${JSON.stringify(text)} is not an IP address; correct ${SOURCES}`);
    const other = addresses[address.family];
    if (other !== undefined && other.text !== address.text)
      return invalid(
        `the Service asks for ${other.text} and ${address.text}, and can have one ${address.family} address; name one of them in ${SOURCES}`,
      );
    addresses[address.family] = address;
  }
  const families = familiesOf(spec, addresses);
  const strange = texts.length === 0 ? undefined : Object.values(addresses).find(({ family }) => !families.includes(family));
  if (strange !== undefined)
    return invalid(
      `${strange.text} is an ${strange.family} address, and spec.ipFamilies of the Service is ${families.join(', ')}; change one of the two`,
    );
  const pool = named?.trim();
  return { families, needsAll: spec?.ipFamilyPolicy !== 'PreferDualStack', addresses, ...(pool && { pool }) };
}

export const isRefusal = (found: object): found is Refusal => 'reason' in found;

// --- internal ---

const SOURCES = `annotation ${ALLOCATION_ANNOTATIONS.addresses} or spec.loadBalancerIP`;

const invalid = (message: string): Refusal => ({ reason: 'InvalidAddress', message });

const requestedTexts = (annotation = '', loadBalancerIP = ''): string[] =>
  [...annotation.split(','), loadBalancerIP].map((text) => text.trim()).filter((text) => text !== '');

/** A Service on a file may say nothing: then it is of the families that it asks for, else of IPv4. */
function familiesOf(spec: Service['spec'], addresses: Partial<Record<Family, Address>>): Family[] {
  const named = (spec?.ipFamilies ?? []).filter((family) => family === 'IPv4' || family === 'IPv6');
  const known: Family[] = named.length > 0 ? named : (['IPv4', 'IPv6'] as const).filter((family) => addresses[family] !== undefined);
  const families: Family[] = known.length > 0 ? known : ['IPv4'];
  return spec?.ipFamilyPolicy === 'SingleStack' ? families.slice(0, 1) : families;
}
