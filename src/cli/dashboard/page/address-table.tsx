import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { AddressFact } from '../model/facts.ts';
import type { Recent } from '../view/recent.ts';
import { type Filter, windowOf } from '../view/rows.ts';
import type { Selection } from '../view/screen.ts';
import { HEALTH_WORDS } from '../view/words.ts';
import { ROW, Row } from './address-row.tsx';
import type { Dispatch } from './app.tsx';
import type { Select } from './board.tsx';

interface TableProps {
  readonly rows: readonly AddressFact[];
  readonly total: number;
  readonly filter: Filter;
  readonly selection: Selection | undefined;
  readonly recent: readonly Recent[];
  readonly select: Select;
  readonly dispatch: Dispatch;
}

const COLUMNS = ['Address', 'Service', 'Node', 'Next', 'State', 'Since (UTC)', 'Network'];

/** All addresses that the filter leaves. Only the rows in sight are there; arrows go from one to the next. */
export function AddressTable({ rows, total, filter, selection, recent, select, dispatch }: TableProps) {
  const { body, inSight, active, setActive, onKeyDown } = useRows(rows, select);
  const fresh = useMemo(() => new Set(recent.map(({ address }) => address)), [recent]);
  const selected = selection?.kind === 'address' ? selection.name : undefined;
  return (
    <section class="addresses" aria-label="Addresses">
      <TableHead shown={rows.length} total={total} filter={filter} dispatch={dispatch} />
      <div
        class="grid"
        role="grid"
        tabIndex={0}
        ref={body}
        aria-rowcount={rows.length + 1}
        aria-colcount={COLUMNS.length}
        aria-label="Addresses, arrows go from row to row, Enter opens one"
        aria-activedescendant={rows.length > 0 ? `row-${active}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          {COLUMNS.map((name) => (
            <span role="columnheader" key={name}>
              {name}
            </span>
          ))}
        </div>
        <div class="rows" role="rowgroup" style={{ height: `${rows.length * ROW}px` }}>
          {rows.slice(inSight.first, inSight.end).map((one, index) => (
            <Row
              key={one.address}
              one={one}
              index={inSight.first + index}
              isActive={inSight.first + index === active}
              isSelected={one.address === selected}
              isFresh={fresh.has(one.address)}
              open={(at) => {
                setActive(at);
                select({ kind: 'address', name: one.address });
              }}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

// --- internal ---

/** Which rows are in sight, which one is active, and what keys do to that. */
function useRows(rows: readonly AddressFact[], select: Select) {
  const body = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 600 });
  const [wanted, setActive] = useState(0);
  const active = Math.max(0, Math.min(wanted, rows.length - 1));
  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return;
    const look = (): void => setSight({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const go = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    const element = body.current;
    if (element === null) return;
    // The head stays at the top and covers a row.
    const [top, bottom] = [next * ROW, (next + 2) * ROW];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  };
  const page = Math.max(1, Math.floor(sight.height / ROW) - 2);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: rows.length - 1,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = steps[event.key];
    const row = rows[active];
    if (to === undefined && !(event.key === 'Enter' && row)) return;
    event.preventDefault();
    if (to !== undefined) go(to);
    else if (row) select({ kind: 'address', name: row.address });
  };
  return { body, active, setActive, onKeyDown, inSight: windowOf(rows.length, ROW, sight.top, sight.height) };
}

interface HeadProps {
  readonly shown: number;
  readonly total: number;
  readonly filter: Filter;
  readonly dispatch: Dispatch;
}

function TableHead({ shown, total, filter, dispatch }: HeadProps) {
  const { node, health } = filter;
  const isFiltered = node !== undefined || health !== undefined || filter.text !== '';
  const words = isFiltered ? `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}` : total.toLocaleString('en');
  const what = [node && `on ${node}`, health && HEALTH_WORDS[health].name, filter.text && `“${filter.text}”`].filter(Boolean).join(', ');
  return (
    <div class="panel-head">
      <h2>
        Addresses <span class="number">{words}</span>
      </h2>
      {isFiltered && (
        <p class="filtered">
          {what}{' '}
          <button type="button" class="quiet" onClick={() => dispatch({ kind: 'filter', filter: { text: '' } })}>
            show all
          </button>
        </p>
      )}
    </div>
  );
}
