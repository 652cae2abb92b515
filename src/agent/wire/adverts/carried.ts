import type { AdvertDifference } from '../../../api/node/wire.ts';
import type { Instance } from '../../../localise/instance.ts';
import { parseAddress } from '../../../net/address.ts';
import type { Members } from '../members.ts';
import type { Advert } from './advert.ts';

/** What the group's own adverts look like, and which addresses are the group's. */
export interface Carried {
  readonly routers: ReadonlyMap<string, CarriedRouter>;
  readonly addresses: ReadonlySet<string>;
}

interface CarriedRouter {
  readonly version: number;
  /** Milliseconds from one advert to the next. */
  readonly interval: number;
  /** In one text, sorted. */
  readonly advertised: string;
  readonly priorities: ReadonlySet<number>;
}

/** Of the file that runs; which priorities there are is in the group's configuration. */
export function carriedIn(instances: readonly Instance[], members: Members | null): Carried {
  const routers = instances.map(({ name, virtualRouterId, family, version, interval, advertised, priority }): [string, CarriedRouter] => [
    keyOf(family, virtualRouterId),
    {
      version,
      interval: interval * 1000,
      advertised: listed(advertised.map(canonical)),
      priorities: members?.priorities?.get(name) ?? new Set([priority]),
    },
  ]);
  return { routers: new Map(routers), addresses: new Set(instances.flatMap(({ addresses }) => addresses.map(canonical))) };
}

/** In what an advert isn't as the group's own; empty where it is as they are, null where it doesn't concern the group. */
export function differences(advert: Advert, { routers, addresses }: Carried): readonly AdvertDifference[] | null {
  const own = routers.get(keyOf(advert.family, advert.id));
  if (own === undefined) return advert.addresses.some((address) => addresses.has(address)) ? ['id'] : null;
  return [
    ...(own.version === advert.version ? [] : (['version'] as const)),
    // Version 3 takes the interval of the master over.
    ...(own.version !== 2 || advert.version !== 2 || own.interval === advert.interval ? [] : (['interval'] as const)),
    ...(advert.interval >= own.interval ? [] : (['pace'] as const)),
    ...(own.advertised === listed(advert.addresses) ? [] : (['addresses'] as const)),
    // A node that gives way says so by priority 0.
    ...(advert.priority === 0 || own.priorities.has(advert.priority) ? [] : (['priority'] as const)),
  ];
}

// --- internal ---

const keyOf = (family: string, id: number): string => `${family} ${id}`;
const canonical = (address: string): string => parseAddress(address)?.text ?? address;
const listed = (addresses: readonly string[]): string => [...new Set(addresses)].sort().join();
