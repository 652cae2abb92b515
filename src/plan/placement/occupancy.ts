import type { Home, Resident } from './homes.ts';

/** What the nodes have: addresses on their preferred nodes, members of sets, and what would come to a node if another were lost. */
export class Occupancy {
  readonly #load = new Map<string, number>();
  readonly #members = new Map<string, number>();
  readonly #pairs = new Map<string, number>();
  readonly #memberPairs = new Map<string, number>();

  /** Counts a resident at its home, which may lack a second node or both. */
  book(resident: Resident, home: Home): void {
    this.#count(resident, home, 1);
  }

  /** Takes back what {@link book} counted. */
  leave(resident: Resident, home: Home): void {
    this.#count(resident, home, -1);
  }

  /** Counts one more node of a resident whose home was counted before. */
  take(resident: Resident, home: Home, node: string): void {
    this.leave(resident, home);
    this.book(resident, [...home, node]);
  }

  /** Addresses that prefer the node. */
  load(node: string): number {
    return this.#load.get(node) ?? 0;
  }

  /** Residents of the same set that prefer the node, itself included. */
  ofSet({ set }: Resident, node: string): number {
    return set === undefined ? 0 : (this.#members.get(`${set}\n${node}`) ?? 0);
  }

  /** Addresses that go from one node to the other when the first is lost. */
  pair(first: string, second: string): number {
    return this.#pairs.get(`${first}\n${second}`) ?? 0;
  }

  /** Residents of the same set that go from one node to the other when the first is lost. */
  setPair({ set }: Resident, first: string, second: string): number {
    return set === undefined ? 0 : (this.#memberPairs.get(`${set}\n${first}\n${second}`) ?? 0);
  }

  #count({ set, weight }: Resident, [first, second]: Home, times: number): void {
    if (first === undefined) return;
    add(this.#load, first, weight * times);
    if (set !== undefined) add(this.#members, `${set}\n${first}`, times);
    if (second === undefined) return;
    add(this.#pairs, `${first}\n${second}`, weight * times);
    if (set !== undefined) add(this.#memberPairs, `${set}\n${first}\n${second}`, times);
  }
}

// --- internal ---

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
