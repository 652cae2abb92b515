import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS, SERVICE_ANNOTATIONS } from '../../api/names.ts';

/** Services by a text, each in the order in which they came. */
export type Shelves = Map<string, Set<Service>>;

/** Services that have one address, by what they may get in each other's way with. */
export class TenantIndex {
  readonly groups: Shelves = new Map();
  readonly ports: Shelves = new Map();
  readonly reaches: Shelves = new Map();
  /** By sharing key; the empty one is that of Services without. */
  readonly keys: Shelves = new Map();
  /** By namespace, then by sharing key. */
  readonly namespaces = new Map<string, { size: number; readonly keys: Shelves }>();
  readonly portless = new Set<Service>();
  #size = 0;

  constructor(services: Iterable<Service>) {
    for (const service of services) this.add(service);
  }

  add(service: Service): void {
    this.#size++;
    const namespace = this.namespaces.get(namespaceOf(service)) ?? { size: 0, keys: new Map() };
    namespace.size++;
    this.namespaces.set(namespaceOf(service), namespace);
    for (const [shelves, text] of this.#places(service)) {
      const shelf = shelves.get(text);
      if (shelf === undefined) shelves.set(text, new Set([service]));
      else shelf.add(service);
    }
    if (portsOf(service).length === 0) this.portless.add(service);
  }

  remove(service: Service): void {
    this.#size--;
    for (const [shelves, text] of this.#places(service)) {
      const shelf = shelves.get(text);
      shelf?.delete(service);
      if (shelf?.size === 0) shelves.delete(text);
    }
    const namespace = this.namespaces.get(namespaceOf(service));
    if (namespace !== undefined && --namespace.size === 0) this.namespaces.delete(namespaceOf(service));
    this.portless.delete(service);
  }

  /** One of another namespace that hasn't the same sharing key. They are counted first, and looked for only if there are any. */
  stranger(service: Service): Service | undefined {
    const own = sharingKeyOf(service);
    const near = this.namespaces.get(namespaceOf(service));
    const agreeing = own === '' ? 0 : (this.keys.get(own)?.size ?? 0) - (near?.keys.get(own)?.size ?? 0);
    if (this.#size - (near?.size ?? 0) - agreeing === 0) return undefined;
    for (const one of this.namespaces.values())
      for (const [key, shelf] of one === near ? [] : one.keys) if (key === '' || key !== own) return firstOf(shelf);
    return undefined;
  }

  *#places(service: Service): Generator<readonly [Shelves, string]> {
    yield [this.groups, service.metadata.annotations?.[SERVICE_ANNOTATIONS.group]?.trim() ?? ''];
    yield [this.keys, sharingKeyOf(service)];
    yield [this.reaches, reachOf(service)];
    for (const port of portsOf(service)) yield [this.ports, port];
    const namespace = this.namespaces.get(namespaceOf(service));
    if (namespace !== undefined) yield [namespace.keys, sharingKeyOf(service)];
  }
}

/** To which nodes connections may come: to all, or with policy Local to those of the Service's endpoints. */
export const reachOf = ({ spec }: Service): string =>
  spec?.externalTrafficPolicy === 'Local'
    ? `Local ${JSON.stringify(Object.entries(spec.selector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))}`
    : 'Cluster';

/** `80/TCP`. */
export const portsOf = ({ spec }: Service): string[] => (spec?.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`);

/** The first of them, but for one. */
export function firstOf(services: ReadonlySet<Service>, but?: Service): Service | undefined {
  for (const one of services) if (one !== but) return one;
  return undefined;
}

/** The first of those that are not on these shelves, but for one. */
export function firstElsewhere(
  shelves: ReadonlyMap<string, ReadonlySet<Service>>,
  here: ReadonlySet<string>,
  but: Service,
): Service | undefined {
  for (const [text, shelf] of shelves) {
    const found = here.has(text) ? undefined : firstOf(shelf, but);
    if (found !== undefined) return found;
  }
  return undefined;
}

// --- internal ---

const namespaceOf = ({ metadata }: Service): string => metadata.namespace ?? '';
const sharingKeyOf = ({ metadata }: Service): string => metadata.annotations?.[ALLOCATION_ANNOTATIONS.sharingKey]?.trim() ?? '';
