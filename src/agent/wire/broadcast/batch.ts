import { MOST_WIRE_ADDRESSES } from '../../../api/node/wire.ts';
import { addressesOn, isHostPrefix, type NetworkInterface } from '../../../localise/node-facts.ts';
import { containsAny, locateText, parseRange } from '../../../net/range.ts';
import { nearest } from '../schedule.ts';
import type { Situation } from '../wire.ts';
import { type Hearing, isUrgent, NOTHING_HEARD } from './hearing.ts';

/** Nodes that ask for each address: all answers are heard by each of them, and one may be down. */
export const BROADCASTERS = 2;

/** Addresses that a node asks for at once, and in about a second. Every host of the link hears a question. */
export const BATCH = 5;

/** Milliseconds. */
export const BROADCAST_TIMES = {
  /** From one batch to the next, at least. */
  batch: 1000,
  /** Between two questions for the same address. */
  again: 2000,
  urgent: 1000,
  /** An asker that has said nothing for so long is none. */
  answer: 5000,
};

/** Questions of all nodes of a group in a second, at most, while nothing is in doubt. */
export const MOST_BROADCASTS = 50;

/** A question: who has the address? The sender is the node's own address, which is true. */
export interface Question {
  readonly address: string;
  readonly sender: string;
  readonly isOwned: boolean;
}

export type Assigned = readonly { readonly instance: string; readonly address: string }[];

/** The addresses that a node asks for, wherever they are and whoever owns them. It takes a while: instances and members change with a file alone. */
export function assignedTo(node: string, { instances, members }: Pick<Situation, 'instances' | 'members'>): Assigned {
  return instances
    .flatMap(({ name, addresses }) => {
      const nodes = members?.byInstance.get(name) ?? [];
      const isMine = (address: string): boolean => nodes.length === 0 || nearest(address, nodes, BROADCASTERS).includes(node);
      return addresses.filter(isMine).map((address) => ({ instance: name, address }));
    })
    .slice(0, MOST_WIRE_ADDRESSES);
}

/** What is to be asked by broadcast: of addresses in the networks of the link, also those that the node has itself. */
export function questionsOf(assigned: Assigned, { link, interfaces, instances, owned }: Situation): readonly Question[] {
  const senderFor = sendersOn(interfaces, link, new Set(instances.flatMap(({ addresses }) => addresses)));
  return assigned.flatMap(({ instance, address }) => {
    const sender = senderFor(address);
    return sender === undefined ? [] : { address, sender, isOwned: owned.has(instance) };
  });
}

/** Those that are asked now: first what is in doubt, then what was asked longest ago, if it is its turn. */
export function batchOf(
  questions: readonly Question[],
  hearings: ReadonlyMap<string, Hearing>,
  { now, isRoutine }: { readonly now: number; readonly isRoutine: boolean },
): readonly Question[] {
  const due = questions.flatMap((question) => {
    const hearing = hearings.get(question.address) ?? NOTHING_HEARD;
    const isPressing = isUrgent(hearing);
    const pause = isPressing ? BROADCAST_TIMES.urgent : BROADCAST_TIMES.again;
    return (isPressing || isRoutine) && now - hearing.asked >= pause ? [{ question, isPressing, asked: hearing.asked }] : [];
  });
  return due
    .sort((a, b) => Number(b.isPressing) - Number(a.isPressing) || (a.asked === b.asked ? 0 : a.asked - b.asked))
    .slice(0, BATCH)
    .map(({ question }) => question);
}

/** Milliseconds from one batch of routine to the next, so that all nodes together keep to {@link MOST_BROADCASTS}. */
export const routinePause = (nodes: number): number => Math.max(BROADCAST_TIMES.batch, (nodes * BATCH * 1000) / MOST_BROADCASTS);

// --- internal ---

/** By which of the link's addresses an address is asked for; undefined for one that is in none of its networks. VIPs are nobody's own. */
function sendersOn(interfaces: readonly NetworkInterface[], link: string | null, vips: ReadonlySet<string>) {
  const own = addressesOn(interfaces, link).filter((one) => !isHostPrefix(one) && !vips.has(one.address));
  const ofLink = own.find(({ address }) => address.startsWith('fe80:'))?.address;
  const senders = own
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address, prefixLength }) => ({
      sender: address.includes(':') ? (ofLink ?? address) : address,
      isNear: containsAny([parseRange(`${address}/${prefixLength}`)].flatMap((range) => range ?? [])),
    }));
  return (address: string): string | undefined => {
    const located = locateText(address);
    return senders.find(({ isNear }) => isNear(located))?.sender;
  };
}
