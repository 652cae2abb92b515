import type { Service } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import { byteLength } from '../../conf/word.ts';
import type { Address } from '../../net/address.ts';
import type { PlanInput } from '../input.ts';
import { eligibleNodes, RANKS, unicastPeers } from '../placement/placement.ts';
import { groupReference, keyOf } from '../reference.ts';
import type { Refusal } from './fence.ts';

/** Bytes of a group's configuration. The API server takes 1 MiB (1,048,576) in one ConfigMap. */
export const MOST_BYTES = 950_000;
/** Bytes of the verbatim lines of one Service. */
export const MOST_LINE_BYTES = 4096;
/** Addresses that were given up and that a starting agent still looks for. */
export const MOST_RELEASED = 2048;

/** How much of a group's ConfigMap its Services use, by an upper bound: what is counted is never less than what is written. */
export class Budget {
  readonly #group: KeepalivedGroup;
  readonly #ranks: number;
  readonly #instances = new Set<string>();
  #left: number;
  #addresses = 0;

  constructor(group: KeepalivedGroup, nodes: PlanInput['nodes']) {
    const own = eligibleNodes(nodes, group.spec?.nodeSelector ?? {});
    const names = own.map(({ metadata }) => metadata.name.length).sort((a, b) => b - a);
    this.#group = group;
    this.#ranks = names.slice(0, RANKS).reduce((sum, length) => sum + length + PER_RANK, 0);
    const peers = group.spec?.unicastEnabled === true ? JSON.stringify(unicastPeers(own), null, 4).length : 0;
    this.#left = MOST_BYTES - FIXED - MOST_RELEASED * PER_RELEASED - peers - JSON.stringify(group.spec ?? {}).length;
  }

  /**
   * Why there is no room for one more address, or undefined.
   * @param router - name of the virtual router that carries it, where that isn't the Service's
   */
  refuses(service: Service, address: Address, router?: string): Refusal | undefined {
    if (this.#cost(service, address, router) <= this.#left) return undefined;
    const { kind, namespace, name } = groupReference(this.#group);
    const message = `${address.text} does not fit: ${kind} ${namespace}/${name} carries ${this.#addresses} addresses, and its configuration may have ${MOST_BYTES} bytes; use another group for the Service`;
    return { reason: 'GroupFull', message };
  }

  add(service: Service, address: Address, router?: string): void {
    this.#left -= this.#cost(service, address, router);
    this.#addresses += 1;
    this.#instances.add(instanceOf(service, address, router));
  }

  #cost(service: Service, address: Address, router: string = keyOf(service)): number {
    const line = address.text.length + PER_ADDRESS;
    if (this.#instances.has(instanceOf(service, address, router))) return line;
    // Beyond these, Services share instances, but for those that can't: which get an id isn't known yet.
    const instance = this.#instances.size < MOST_INSTANCES ? PER_INSTANCE + router.length + this.#ranks : 0;
    return line + instance + ownCost(service);
  }
}

// --- internal ---

/** `global_defs` without the group's own lines, and what is in agent.json besides lists. */
const FIXED = 16_384;
/** Two families of 255 ids. */
const MOST_INSTANCES = 510;
/** Of a rank: blanks, `@`, ` priority 254` and the line end. */
const PER_RANK = 24;
const PER_ADDRESS = 8;
/** An IPv6 address with quotes, comma and blanks in agent.json. */
const PER_RELEASED = 50;
/** What every instance has. */
const PER_INSTANCE = 600;
/** A track file and a health check, which name the Service four times. */
const PER_CHECK = 400;

const instanceOf = (service: Service, { text, family }: Address, router: string = keyOf(service)): string =>
  router === keyOf(service) && service.metadata.annotations?.[SERVICE_ANNOTATIONS.spread] === 'true'
    ? `${router}/${text}`
    : `${router} ${family}`;

/** What only an instance of the Service's own has. */
function ownCost(service: Service): number {
  const lines = Math.min(byteLength(service.metadata.annotations?.[SERVICE_ANNOTATIONS.verbatim] ?? ''), MOST_LINE_BYTES);
  return lines + (service.spec?.externalTrafficPolicy === 'Local' ? PER_CHECK + 4 * keyOf(service).length : 0);
}
