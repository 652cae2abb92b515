import type { Condition } from '../../api/core.ts';

const TYPES = ['Announced', 'Unique', 'Reachable'];

/** Whether a condition of a VirtualIP tells what the nodes found out on the network. */
export const isOfWire = ({ type }: Condition): boolean => TYPES.includes(type);

/** What the nodes found out about an address on the network, in a line or two; none where no manager has written it. */
export function wireLines(conditions: readonly Condition[]): string[] {
  const told = TYPES.flatMap((type) => conditions.filter((condition) => condition.type === type));
  const amiss = told.filter(({ status }) => status !== 'True');
  const well = told.filter(({ type, status }) => type === 'Announced' && status === 'True');
  const byMessage = [...Map.groupBy(amiss, ({ message }) => message)];
  return [
    ...well.map(({ message }) => `  ${message}`),
    ...byMessage.map(([message, some]) => `  ${some.map(({ type, status }) => `${type} ${status}`).join(', ')}: ${message}`),
  ];
}
