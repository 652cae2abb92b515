import type { Condition, Service } from '../../../api/core.ts';
import type { KeepalivedGroup } from '../../../api/group/keepalived-group.ts';
import { KIND, POOL_KIND, SERVICE_CONDITION } from '../../../api/names.ts';
import type { AddressPool } from '../../../api/pool/address-pool.ts';
import { keyOf } from '../../../plan/reference.ts';
import { hintsOf, wrongOfGroup } from '../../status/view.ts';
import type { FindingFact } from './facts.ts';

/** What a group says is wrong, and its hints. */
export function findingsOfGroup(group: KeepalivedGroup): FindingFact[] {
  const object = `${KIND} ${keyOf(group)}`;
  if (group.status === undefined)
    return [
      { id: object, severity: 'wrong', object, message: 'it has no status: no manager has seen it; look at the operator’s Deployment' },
    ];
  return [
    ...wrongOfGroup(group).map((condition) => ofCondition(object, condition)),
    ...hintsOf(group).map((message, index): FindingFact => ({ id: `${object} hint ${index}`, severity: 'hint', object, message })),
  ];
}

/** What a pool says is wrong. */
export const findingsOfPool = ({ metadata, status }: AddressPool): FindingFact[] =>
  (status?.conditions ?? [])
    .filter((condition) => condition.status !== 'True')
    .map((condition) => ofCondition(`${POOL_KIND} ${metadata.name}`, condition));

/** What the operator wrote on a Service, as `explain` has it: why an address that it asks for is not carried. */
export const findingsOfService = (service: Service): FindingFact[] =>
  (service.status?.conditions ?? [])
    .filter(({ type, status }) => type === SERVICE_CONDITION && status === 'False')
    .map((condition) => ofCondition(`Service ${keyOf(service)}`, { ...condition, type: 'Accepted' }));

// --- internal ---

const ofCondition = (object: string, { type, status, reason, message }: Condition): FindingFact => ({
  id: `${object} ${type}`,
  severity: status === 'Unknown' ? 'unknown' : 'wrong',
  object,
  says: `${type} ${status}`,
  reason,
  message,
});
