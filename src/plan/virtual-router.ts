import type { Node, ObjectReference } from '../api/core.ts';
import type { Statement } from '../conf/tree.ts';
import { compareAddresses, type Family, familyOf } from '../net/address.ts';
import { byText } from '../net/text-order.ts';
import { needsOwnInstance, type WantedRouter } from './claims/claim.ts';
import type { RouterIds } from './ids/assign-router-ids.ts';
import { isCarrier, shareOut } from './ids/carrier.ts';
import { versionFor } from './lines/exclusive-lines.ts';
import type { VrrpSettings, VrrpVersion } from './lines/vrrp-settings.ts';
import type { Home } from './placement/homes.ts';
import { type Order, orderOf, type Place } from './placement/placement.ts';
import { homeWith, type Preferences } from './placement/preference.ts';
import type { Standing } from './placement/standing.ts';
import { besideName } from './sharing/router-names.ts';
import type { CarriedService } from './sharing/wanted-router.ts';

/** One VRRP instance: addresses of one family that live and move together. */
export interface VirtualRouter extends Order {
  /**
   * `namespace/service`, `namespace/service/address` where VIPs are spread, `carrier:NUMBER` where Services share one. The IPv6 instance
   * of a carrier, or beside an IPv4 instance of the same Service, has `/ipv6` behind it, and keeps it when it is alone where Services share it.
   */
  readonly name: string;
  /** The two families of one name have the same; VRRP keeps them apart. */
  readonly id: number;
  readonly family: Family;
  readonly version: VrrpVersion;
  /** Canonical and sorted; the first is the one that is advertised. */
  readonly addresses: readonly string[];
  /** Whose addresses these are, sorted by name: one Service, or on a carrier any number. */
  readonly services: readonly CarriedService[];
  /** The health check that it depends on. */
  readonly trackFile?: string;
  readonly verbatim: readonly Statement[];
  /** The Service whose lines these are; absent where there are none. */
  readonly author?: ObjectReference;
}

/** What decides where virtual routers are. */
export interface Placement {
  readonly nodes: readonly Node[];
  /** By the name of the router: nodes that are not to have it. */
  readonly standingOf: (router: string) => Standing;
  /** By the name of the router: the node of these that has it all the same if it then comes first. */
  readonly returnerOf: (router: string) => string | undefined;
  readonly settings: VrrpSettings;
  readonly priorityStep: number;
  /** By the name of the router. */
  readonly homes: ReadonlyMap<string, Home>;
  readonly preferred: Preferences;
}

/** The VRRP instances that carry what is wanted, as far as there are ids; sorted by name. */
export function virtualRouters(
  wanted: readonly WantedRouter[],
  { own, carriers }: RouterIds,
  { nodes, standingOf, returnerOf, settings, priorityStep, homes, preferred }: Placement,
): VirtualRouter[] {
  const dedicated = wanted.filter(({ name }) => own.has(name));
  const instances = [
    ...dedicated.map((router) => ({ name: router.name, id: own.get(router.name), members: [router] })),
    ...onCarriers(wanted, { own, carriers }, homes).map(([name, members]) => ({ name, id: carriers.get(name), members })),
  ];
  return instances
    .flatMap(({ name, id = 0, members }) =>
      familiesOf({
        name,
        id,
        members,
        settings,
        order: orderFor(
          name,
          { nodes, home: homeWith(preferred.get(name), homes.get(name)), standing: standingOf(name), step: priorityStep },
          returnerOf(name),
        ),
      }),
    )
    .sort((a, b) => byText(a.name, b.name));
}

// --- internal ---

interface Instance {
  readonly name: string;
  readonly id: number;
  readonly members: readonly WantedRouter[];
  readonly order: Order;
  readonly settings: VrrpSettings;
}

/** A returner that does not come first is as any node that rests: the last of those that take over. */
function orderFor(name: string, place: Place & { readonly standing: Standing }, returner: string | undefined): Order {
  const { standing } = place;
  if (returner === undefined || !standing.has(returner)) return orderOf(name, place);
  const order = orderOf(name, { ...place, standing: new Map([...standing].filter(([node]) => node !== returner)) });
  return order.ranks[0] === returner ? order : orderOf(name, place);
}

function onCarriers(
  wanted: readonly WantedRouter[],
  { own, carriers }: Pick<RouterIds, 'own' | 'carriers'>,
  homes: Placement['homes'],
): [string, WantedRouter[]][] {
  if (carriers.size === 0) return [];
  const [dedicated, others] = [wanted.filter(({ name }) => own.has(name)), wanted.filter(({ name }) => !own.has(name))];
  const shareable = others.filter((router) => !needsOwnInstance(router));
  const carrierOf = shareOut(shareable, [...carriers.keys()], { homes, dedicated });
  return [...Map.groupBy(shareable, ({ name }) => carrierOf.get(name) ?? '')];
}

/** An instance for each family: what is added to or taken from one never touches the other (docs/adr/0005). */
function familiesOf({ name, id, members, order, settings }: Instance): VirtualRouter[] {
  const families = (['IPv4', 'IPv6'] as const).filter((family) => members.some((one) => ofFamily(one, family).length > 0));
  const [own] = isCarrier(name) ? [] : members;
  const { verbatim = [], trackFile, object } = own ?? {};
  const bare = isCarrier(name) ? 'IPv4' : (own?.bare ?? families[0]);
  return families.map((family) => {
    const services = carried(members, family);
    return {
      name: family === bare ? name : besideName(name, family),
      id,
      family,
      version: versionFor(family, verbatim, settings),
      services,
      ...order,
      // IPv6 has one version only, and keepalived refuses a file that names another.
      verbatim: family === 'IPv6' ? verbatim.filter(({ keyword }) => keyword !== 'version') : verbatim,
      addresses: sorted(members.flatMap((one) => ofFamily(one, family))),
      ...(trackFile !== undefined && { trackFile }),
      ...(object && verbatim.length > 0 && { author: object }),
    };
  });
}

const ofFamily = ({ addresses }: { readonly addresses: readonly string[] }, family: Family): string[] =>
  addresses.filter((text) => familyOf(text) === family);

function carried(members: readonly WantedRouter[], family: Family): CarriedService[] {
  const all = members.flatMap(({ services }) => services.map((one) => ({ service: one.service, addresses: ofFamily(one, family) })));
  const byService = Map.groupBy(all, ({ service }) => `${service.namespace}/${service.name}`);
  return [...byService.values()].flatMap((siblings) => {
    const addresses = siblings.flatMap((one) => one.addresses);
    return addresses.length === 0 ? [] : siblings.slice(0, 1).map(({ service }) => ({ service, addresses: sorted(addresses) }));
  });
}

const sorted = (addresses: readonly string[]): string[] =>
  addresses.length < 2
    ? [...addresses]
    : addresses
        .map((text) => ({ text, family: familyOf(text) }))
        .sort(compareAddresses)
        .map(({ text }) => text);
