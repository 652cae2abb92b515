import type { Condition, LabelSelector, ObjectMeta } from '../core.ts';

/** An AddressPool as the API sends it: addresses that Services of type LoadBalancer get. */
export interface AddressPool {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: AddressPoolSpec;
  readonly status?: AddressPoolStatus;
}

export interface AddressPoolSpec {
  /** `namespace/name` of the KeepalivedGroup that carries the addresses. */
  readonly group?: string;
  /** Prefixes, `first-last`, or single ones, of both families. */
  readonly addresses?: readonly string[];
  /** Written as those; they are never given. */
  readonly excludedAddresses?: readonly string[];
  /** Whether a Service gets an address that doesn't ask for this pool or one of its addresses. */
  readonly assignment?: 'Automatic' | 'OnRequest';
  /** Pools with a higher number come first. */
  readonly priority?: number;
  /** Names of namespaces; what is absent, as with the selectors, limits nobody. */
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly serviceSelector?: LabelSelector;
  readonly addressesPerNamespace?: number;
  /** Whether the first and the last address of a prefix are given. */
  readonly useFirstAndLast?: boolean;
  /** How long the address of a Service that went is kept for it. */
  readonly keepSeconds?: number;
}

/** How long an address is kept where the pool doesn't say. */
export const KEEP_SECONDS = 3600;

export interface AddressPoolStatus {
  readonly observedGeneration?: number;
  readonly ipv4?: AddressCounts;
  readonly ipv6?: AddressCounts;
  readonly conditions?: readonly Condition[];
}

/** Each at most {@link MOST_COUNTED}. */
export interface AddressCounts {
  /** Addresses that can be given: without those that are excluded or belong to the cluster. */
  readonly total: number;
  /** That Services have. */
  readonly used: number;
  /** That are kept for somebody, or that nobody may have. */
  readonly reserved: number;
  readonly free: number;
}

/** The largest whole number that JSON carries exactly. */
export const MOST_COUNTED = Number.MAX_SAFE_INTEGER;
