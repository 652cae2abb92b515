import type { Node } from '../../api/core.ts';
import type { Store } from '../../kube/store.ts';
import { parseAddress } from '../../net/address.ts';
import type { Word } from '../../observe/evidence.ts';

export interface OursOptions {
  readonly nodes: Pick<Store<Node>, 'list'>;
  readonly groups: () => readonly string[];
  readonly wordsOf: (group: string) => readonly Word[];
}

/** What the cluster's nodes are known by on the network: by their Nodes, and by what agents of all groups say. */
export class Ours {
  readonly #options: OursOptions;

  constructor(options: OursOptions) {
    this.#options = options;
  }

  /** Whether a node has the address or the link-layer address. Asked only of hosts that look like strangers. */
  has(source: string, mac?: string): boolean {
    const { nodes, groups, wordsOf } = this.#options;
    const isOfNode = nodes.list().some(({ status }) => status?.addresses?.some(({ address }) => parseAddress(address)?.text === source));
    if (isOfNode) return true;
    const links = groups().flatMap((group) => wordsOf(group).map(({ report }) => report.link));
    return links.some((link) => link?.addresses.includes(source) || (mac !== undefined && link?.macs?.includes(mac)));
  }
}
