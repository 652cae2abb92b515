import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import type { Problem } from '../api/problem.ts';
import type { PlanInput } from './input.ts';
import { groupReference } from './reference.ts';
import type { VirtualRouter } from './virtual-router.ts';

export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Where the password of a group is; undefined where it has none. */
export function passwordOf({ spec }: KeepalivedGroup): SecretKey | undefined {
  const name = spec?.passwordAuth?.secretRef?.name;
  return name ? { name, key: spec?.passwordAuth?.secretKey || 'password' } : undefined;
}

/** The next one as soon as a changed password has come to a node: the nodes take it up together, not each when its kubelet comes by. */
export function passwordRound({ group, reports }: PlanInput): number {
  const round = group.status?.passwordRound ?? 0;
  return reports.some(({ config }) => config.passwordWaitsAfter === round) ? round + 1 : round;
}

/** VRRP version 3, and so IPv6, has no authentication (RFC 9568, 9.2). */
export function passwordProblems(group: KeepalivedGroup, routers: readonly VirtualRouter[]): Problem[] {
  const without = routers.filter(({ version }) => version === 3).map(({ name }) => name);
  if (without.length === 0) return [];
  const names = without.length > SHOWN ? `${without.slice(0, SHOWN).join(', ')} and ${without.length - SHOWN} more` : without.join(', ');
  const message = `spec.passwordAuth can not protect ${names}: they run VRRP version 3, as IPv6 always does, and that has no authentication; keep others off the network, or do without IPv6 and version 3`;
  return [{ object: groupReference(group), reason: 'PasswordNotApplied', message }];
}

// --- internal ---

/** How many virtual routers a message names. */
const SHOWN = 3;
