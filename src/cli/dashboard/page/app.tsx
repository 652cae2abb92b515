import { useEffect, useMemo, useRef } from 'preact/hooks';
import { MOST_MOVES_SHOWN } from '../model/facts.ts';
import { boardOf } from '../view/board.ts';
import { findingsInOrder } from '../view/findings.ts';
import { doubtsOf, headlineOf } from '../view/headline.ts';
import { incidentsOf, latestFirst } from '../view/incidents.ts';
import { rowsOf } from '../view/rows.ts';
import type { Happening, Screen, Selection } from '../view/screen.ts';
import { AddressTable } from './address-table.tsx';
import { BoardView } from './board.tsx';
import { Detail } from './detail/detail.tsx';
import { SidePanels } from './side.tsx';
import { Top } from './top.tsx';

export type Dispatch = (happening: Happening) => void;

/** The whole page. */
export function App({ screen, dispatch }: { readonly screen: Screen; readonly dispatch: Dispatch }) {
  const { facts, recent, filter, selection } = screen;
  const board = useMemo(() => boardOf(facts, recent), [facts.addresses, facts.nodes, recent]);
  const rows = useMemo(() => rowsOf(facts.addresses, filter), [facts.addresses, filter]);
  const incidents = useMemo(() => incidentsOf(latestFirst(Object.values(facts.moves)), MOST_MOVES_SHOWN), [facts.moves]);
  const findings = useMemo(() => findingsInOrder(facts.findings), [facts.findings]);
  const headline = useMemo(() => headlineOf(facts), [facts.addresses, facts.nodes, facts.sources]);
  const doubts = useMemo(() => doubtsOf(facts.sources), [facts.sources]);
  const { select, search } = useSelection(selection, dispatch);

  return (
    <div class="app" data-connection={screen.connection}>
      <Top {...{ screen, headline, doubts, search, select, dispatch }} />
      <main class="work">
        <BoardView board={board} simulated={screen.simulated} selection={selection} select={select} />
        <AddressTable rows={rows} total={Object.keys(facts.addresses).length} {...{ filter, selection, recent, select, dispatch }} />
      </main>
      <aside class="side" aria-label="Moves, refusals and details">
        {selection === undefined ? (
          <SidePanels incidents={incidents} findings={findings} select={select} />
        ) : (
          <Detail key={`${selection.kind} ${selection.name}`} {...{ selection, facts, incidents, filter, select, dispatch }} />
        )}
      </aside>
    </div>
  );
}

// --- internal ---

/** Escape closes what is open and gives the focus back; a slash goes to the search. */
function useSelection(selection: Selection | undefined, dispatch: Dispatch) {
  const opener = useRef<HTMLElement | undefined>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const select = (next: Selection | undefined): void => {
    if (selection === undefined && next !== undefined) opener.current = document.activeElement as HTMLElement;
    dispatch({ kind: 'select', selection: next });
    if (next === undefined) queueMicrotask(() => focusAgain(opener.current));
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && selection !== undefined) select(undefined);
      if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
        event.preventDefault();
        search.current?.focus();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [selection]);
  return { select, search };
}

/** An address may have been drawn anew on another node meanwhile. */
function focusAgain(opener: HTMLElement | undefined): void {
  const name = opener?.dataset.stop;
  const target = opener?.isConnected ? opener : name && document.querySelector<HTMLElement>(`[data-stop="${CSS.escape(name)}"]`);
  if (target) target.focus();
}
