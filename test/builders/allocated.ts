/** What an allocation comes to, in words. */

import { allocate } from '../../src/allocate/allocate.ts';
import type { AllocationInput } from '../../src/allocate/input.ts';
import type { Service } from '../../src/api/core.ts';
import { anAllocation, written } from './addresses.ts';

/** `shop/web 192.0.2.10 2001:db8::1` for each Service that is to show an address after everything is written, else `shop/web`. */
export function shown(input: AllocationInput): string[] {
  const after = written(input, allocate(input));
  return after.services.map(({ metadata: { namespace, name }, status }) =>
    [`${namespace}/${name}`, ...(status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)].join(' '),
  );
}
export const messages = (input: AllocationInput): string[] =>
  allocate(input).problems.map(({ object, reason, message }) => `${object.name} ${reason}: ${message}`);
export const given = (services: readonly Service[], more: Partial<AllocationInput> = {}) => shown(anAllocation({ services, ...more }));
export const told = (services: readonly Service[], more: Partial<AllocationInput> = {}) => messages(anAllocation({ services, ...more }));

export const dual = (ipFamilyPolicy: string, ...ipFamilies: string[]) => ({ ipFamilyPolicy, ipFamilies });
/** Before other Services. */
export const older = '2024-01-01T00:00:00Z';
