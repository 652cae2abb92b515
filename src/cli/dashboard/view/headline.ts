import { type Facts, HEALTHS, type Health } from '../model/facts.ts';
import { addresses, byName, HEALTH_WORDS, type Tone, toneOf } from './words.ts';

/** What the page says at its top. */
export interface Headline {
  readonly tone: Tone;
  readonly sentence: string;
  /** Those that there are, the worst first, without those that are well. */
  readonly counts: readonly { readonly health: Health; readonly count: number; readonly words: string }[];
  /** Names of the nodes that something is wrong with, sorted. */
  readonly nodes: readonly string[];
}

export function headlineOf({ addresses: table, nodes, sources }: Pick<Facts, 'addresses' | 'nodes' | 'sources'>): Headline {
  const all = Object.values(table);
  const found = new Map<Health, number>();
  for (const { health } of all) found.set(health, (found.get(health) ?? 0) + 1);
  const counts = HEALTHS.flatMap((health) => {
    const count = found.get(health) ?? 0;
    return count === 0 || health === 'Well' ? [] : [{ health, count, words: `${count.toLocaleString('en')} ${HEALTH_WORDS[health].name}` }];
  });
  const carried = all.length - (found.get('Idle') ?? 0);
  const troubled = Object.values(nodes).filter(({ isMember, troubles }) => isMember && troubles.length > 0);
  const tone = counts.map(({ health }) => toneOf(health)).find((one) => one !== 'calm') ?? 'calm';
  return { tone, sentence: sentenceOf(carried, counts, isLoading(sources)), counts, nodes: troubled.map(({ name }) => name).sort(byName) };
}

/** What can't be believed, or is missing: a sentence for each kind that may not be read, and one for all that are interrupted. */
export function doubtsOf(sources: Facts['sources']): readonly Doubt[] {
  const told = Object.values(sources).filter(({ message }) => message !== undefined);
  const interrupted = told.filter(({ state }) => state === 'interrupted');
  const others = told.filter(({ state }) => state !== 'interrupted').map(({ message = '' }): Doubt => ({ tone: 'calm', message }));
  const [first] = interrupted;
  if (first === undefined) return others;
  const names = interrupted.map(({ kind }) => kind).join(', ');
  return [{ tone: 'alarm', message: `Shown as they were: ${names}. ${first.message}` }, ...others];
}

export interface Doubt {
  readonly tone: Tone;
  readonly message: string;
}

// --- internal ---

/** Without these nothing can be said of addresses. */
const isLoading = (sources: Facts['sources']): boolean =>
  ['VirtualIPs', 'KeepalivedGroups'].every((kind) => ['loading', 'forbidden', undefined].includes(sources[kind]?.state)) ||
  sources.VirtualIPs?.state === 'loading';

function sentenceOf(carried: number, counts: Headline['counts'], isReading: boolean): string {
  const of = (health: Health): number => counts.find((one) => one.health === health)?.count ?? 0;
  if (carried === 0) return isReading ? 'Reading the cluster …' : 'No address is carried.';
  const all = carried.toLocaleString('en');
  if (of('NoOwner') > 0)
    return `${of('NoOwner').toLocaleString('en')} of ${addresses(carried)} ${of('NoOwner') === 1 ? 'has' : 'have'} no owner.`;
  if (of('SeveralOwners') > 0) return `${of('SeveralOwners').toLocaleString('en')} of ${all} addresses have several owners.`;
  const doubtful = of('Incomplete') + of('Unknown') + of('Doubtful');
  if (doubtful > 0) return `${doubtful.toLocaleString('en')} of ${addresses(carried)} ${doubtful === 1 ? 'needs' : 'need'} a look.`;
  return carried === 1 ? 'The one address has its owner.' : `All ${all} addresses have one owner each.`;
}
