import { applied, type Difference } from '../model/difference.ts';
import { type Facts, NO_FACTS } from '../model/facts.ts';
import { type Recent, recentAfter, still } from './recent.ts';
import { type Filter, NO_FILTER } from './rows.ts';

/** What somebody looks at more closely. */
export type Selection =
  | { readonly kind: 'address'; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'incident'; readonly name: string };

/** All that decides what is shown. */
export interface Screen {
  readonly cluster: string;
  readonly facts: Facts;
  /** `ended`: the command was ended; `lost`: it does not answer. */
  readonly connection: 'opening' | 'live' | 'lost' | 'ended';
  readonly recent: readonly Recent[];
  readonly filter: Filter;
  readonly selection?: Selection;
  /** By name, what would become of each node without the one that is selected: how many addresses it has then, or that it is gone. */
  readonly simulated?: ReadonlyMap<string, string>;
}

export const BLANK: Screen = { cluster: '', facts: NO_FACTS, connection: 'opening', recent: [], filter: NO_FILTER };

/** What happens to a screen. `now` is in milliseconds. */
export type Happening =
  | { readonly kind: 'snapshot'; readonly cluster: string; readonly facts: Facts; readonly now: number }
  | { readonly kind: 'change'; readonly difference: Difference; readonly now: number }
  | { readonly kind: 'connection'; readonly is: Screen['connection'] }
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'select'; readonly selection: Selection | undefined }
  | { readonly kind: 'simulated'; readonly nodes: ReadonlyMap<string, string> };

export function screenAfter(screen: Screen, happening: Happening): Screen {
  switch (happening.kind) {
    case 'snapshot':
      return withFacts({ ...screen, cluster: happening.cluster, connection: 'live' }, happening.facts, happening.now);
    case 'change':
      return withFacts(screen, applied(screen.facts, happening.difference), happening.now);
    case 'connection':
      // A command that was ended does not come back on its own.
      return screen.connection === 'ended' && happening.is === 'lost' ? screen : { ...screen, connection: happening.is };
    case 'tick': {
      const recent = still(screen.recent, happening.now);
      return recent === screen.recent ? screen : { ...screen, recent };
    }
    case 'filter':
      return { ...screen, filter: happening.filter };
    case 'select': {
      const { selection: _, simulated: __, ...rest } = screen;
      return happening.selection === undefined ? rest : { ...rest, selection: happening.selection };
    }
    case 'simulated':
      return { ...screen, simulated: happening.nodes };
  }
}

// --- internal ---

const withFacts = (screen: Screen, facts: Facts, now: number): Screen => ({
  ...screen,
  facts,
  recent: recentAfter(screen.recent, screen.facts.addresses, facts.addresses, now),
});
