import type { Condition } from '../../api/core.ts';
import type { Foreign, ForeignAdverts } from './foreign.ts';
import { makerOf } from './maker.ts';

/** Type and reasons of the condition of a group that says whether others use its virtual router ids. */
export const ROUTER_IDS_UNIQUE = { type: 'RouterIDsUnique', well: 'NoStrangerHeard', wrong: 'StrangerSendsAdverts' } as const;

/** The condition of the group; undefined where no node listens, because nothing is known then. */
export function routerIDsUnique({
  adverts,
  isListening,
}: Foreign): Omit<Condition, 'lastTransitionTime' | 'observedGeneration'> | undefined {
  const { type, well, wrong } = ROUTER_IDS_UNIQUE;
  const ofRouters = adverts.filter(({ router }) => router !== undefined);
  if (ofRouters.length > 0) {
    const more = ofRouters.length - SHOWN;
    const sentences = ofRouters.slice(0, SHOWN).map(foreignInWords);
    return { type, status: 'False', reason: wrong, message: [...sentences, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') };
  }
  if (!isListening) return undefined;
  return {
    type,
    status: 'True',
    reason: well,
    message: 'no other host was heard to send VRRP adverts with a virtual router id of the group',
  };
}

/** Who uses which id, as the note of an Event: the same for as long as it does. */
export const foreignInShort = ({ router, source, mac, id }: ForeignAdverts): string =>
  `${source}${mac === undefined ? '' : ` (MAC address ${mac})`}, which is an address of no node, sends VRRP adverts of virtual router id ${id}, which the group uses for ${router}; condition ${ROUTER_IDS_UNIQUE.type} says what they do, and what to do`;

/** What was heard as a sentence: who, what, since when, what it does, and what to do. */
export function foreignInWords(one: ForeignAdverts): string {
  const { id, version, priority, addresses, hearers, since } = one;
  const announced = addresses.length === 0 ? 'no address' : listed(addresses);
  const what = `virtual router id ${id} (VRRP version ${version}, priority ${priority}, ${announced})`;
  return `${listed(hearers)} ${hearers.length > 1 ? 'hear' : 'hears'} ${senderInWords(one)} send VRRP adverts of ${what} since ${new Date(since).toISOString()}; ${effectOf(one)}; ${cureOf(one)}`;
}

// --- internal ---

const SHOWN = 3;

function senderInWords({ source, mac, untold }: ForeignAdverts): string {
  const maker = mac === undefined ? undefined : makerOf(mac);
  const known = [...(mac === undefined ? [] : [`MAC address ${mac}`]), ...(maker === undefined ? [] : [`it is ${maker}`])];
  const doubt = untold.length > 0 ? ` (${listed(untold)} ${untold.length > 1 ? 'have' : 'has'} reported none yet)` : '';
  return `${source}${known.length > 0 ? ` (${known.join('; ')})` : ''}, which is an address of no node${doubt},`;
}

function effectOf({ router, ownership, differs, addresses }: ForeignAdverts): string {
  if (router === undefined) return `that host has ${listed(addresses)}, too, or takes it when another sender with this id fails`;
  const uses = `the group uses this id for ${router}`;
  if (ownership?.kind === 'NoOwner') return `${uses}, and no node has its addresses while these adverts come`;
  if (ownership?.kind === 'SeveralOwners') return `${uses}, and several nodes have its addresses while these adverts come`;
  if (differs.includes('version')) return `${uses}; its nodes ignore the adverts, because they have another version${oftenOf(differs)}`;
  if (differs.includes('interval')) return `${uses}; its nodes ignore the adverts, because they have another interval${oftenOf(differs)}`;
  return `${uses}; with the highest priority that host takes the id, and no node has the addresses`;
}

/** A keepalived that is master begins to wait anew with each advert that it hears, also with one that it ignores. */
const oftenOf = (differs: ForeignAdverts['differs']): string =>
  differs.includes('pace')
    ? "; they come more often than the group's own, which keeps the owner from sending any, so that another node takes over for a moment, again and again"
    : '';

function cureOf({ router, id, addresses }: ForeignAdverts): string {
  if (router === undefined) return `find that host and take ${listed(addresses)} out of its VRRP configuration`;
  return `give that host another virtual router id, or add ${id} to spec.blacklistRouterIDs of the group, which then takes another one`;
}

const MOST_NAMES = 5;
const listed = (names: readonly string[]): string =>
  names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more` : names.join(', ');
