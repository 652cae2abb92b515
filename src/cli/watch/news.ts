import type { Condition } from '../../api/core.ts';
import type { MoveRecord, VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import type { Subject } from '../status/subject.ts';

/** One thing that happened; the fields that a kind has are the same each time. */
export type News = MoveNews | StateNews | ConditionNews | ObjectNews;

interface Said {
  /** RFC 3339: when it happened, by whoever saw it; of objects that came or went when the change arrived. */
  readonly time: string;
}

/** A node became the owner of an address. */
export interface MoveNews extends Said, Omit<MoveRecord, 'time'> {
  readonly kind: 'Move';
  readonly address: string;
}

/** An address has an owner no longer, or again, or not all of it. */
export interface StateNews extends Said {
  readonly kind: 'State';
  readonly address: string;
  readonly from?: string;
  readonly to: string;
  readonly node?: string;
}

/** A condition of a group, a pool or an address says something else: what is refused and why is in `Accepted`. */
export interface ConditionNews extends Said {
  readonly kind: 'Condition';
  /** `KeepalivedGroup web/vips` */
  readonly object: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** An address, a group or a pool came or went. */
export interface ObjectNews extends Said {
  readonly kind: 'Added' | 'Deleted';
  readonly object: string;
}

/** An object before and after a change; absent where it was not there. */
export interface Changed<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** What a change of a VirtualIP tells, in the order in which it happened. @param now - RFC 3339 */
export function addressNews({ before, after }: Changed<VirtualIP>, now: string): News[] {
  const { address } = (after ?? before)?.spec ?? { address: '' };
  const object = `VirtualIP ${address}`;
  if (after === undefined) return [{ kind: 'Deleted', time: now, object }];
  const known = new Set(before?.status?.moves?.map(nameOf));
  const moves = (after.status?.moves ?? []).filter((move) => !known.has(nameOf(move)));
  return [
    ...(before === undefined ? [{ kind: 'Added' as const, time: now, object }] : []),
    ...moves.map((move): MoveNews => ({ kind: 'Move', address, ...move })).reverse(),
    ...stateNews(before, after, now),
    ...conditionNews(object, before?.status?.conditions, after.status?.conditions),
  ];
}

/** What a change of a group or a pool tells: of what is seen of its addresses, their VirtualIPs tell. */
export function objectNews(
  object: string,
  { before, after }: Changed<{ readonly status?: { readonly conditions?: readonly Condition[] } }>,
  now: string,
): News[] {
  if (after === undefined) return [{ kind: 'Deleted', time: now, object }];
  return [
    ...(before === undefined ? [{ kind: 'Added' as const, time: now, object }] : []),
    ...conditionNews(object, before?.status?.conditions, after.status?.conditions),
  ];
}

/** Whether it is about a node: it gave an address up, got it, or a condition names it. */
export function concernsNode(news: News, { name }: Subject & { readonly kind: 'node' }): boolean {
  if (news.kind === 'Move') return news.from === name || news.to === name;
  if (news.kind === 'State') return news.node === name;
  return news.kind === 'Condition' && news.message.split(/[^A-Za-z0-9.-]+/).includes(name);
}

// --- internal ---

/** Node and time name a move. */
const nameOf = ({ time, to }: MoveRecord): string => `${time} ${to}`;

/** `Owned` after a move says nothing that the move didn't. */
function stateNews(before: VirtualIP | undefined, after: VirtualIP, now: string): StateNews[] {
  const { address } = after.spec;
  const [from, to] = [before?.status?.state, after.status?.state];
  if (to === undefined || from === to || (from === undefined && to === 'Owned')) return [];
  const { node, since } = after.status ?? {};
  return [{ kind: 'State', time: since ?? now, address, ...(from !== undefined && { from }), to, ...(node !== undefined && { node }) }];
}

function conditionNews(object: string, before: readonly Condition[] = [], after: readonly Condition[] = []): ConditionNews[] {
  return after.flatMap(({ type, status, reason, message, lastTransitionTime: time }) => {
    const known = before.find((one) => one.type === type);
    const isSame = known?.status === status && known.reason === reason && known.message === message;
    return isSame ? [] : [{ kind: 'Condition', time, object, type, status, reason, message }];
  });
}
