import type { ObjectMeta } from '../core.ts';
import type { Value } from '../schema.ts';
import type { POOL_SPEC } from './spec-schema.ts';
import type { POOL_STATUS } from './status-schema.ts';

/** An AddressPool as the API sends it: addresses that Services of type LoadBalancer get. */
export interface AddressPool {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: AddressPoolSpec;
  readonly status?: AddressPoolStatus;
}

export type AddressPoolSpec = Value<typeof POOL_SPEC>;
export type AddressPoolStatus = Value<typeof POOL_STATUS>;
/** Each at most {@link MOST_COUNTED}. */
export type AddressCounts = NonNullable<AddressPoolStatus['ipv4']>;

/** How long an address is kept where the pool doesn't say. */
export const KEEP_SECONDS = 3600;

/** The largest whole number that JSON carries exactly. */
export const MOST_COUNTED = Number.MAX_SAFE_INTEGER;
