import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Facts } from '../../model/facts.ts';
import type { Incident } from '../../view/incidents.ts';
import type { Filter } from '../../view/rows.ts';
import type { Selection } from '../../view/screen.ts';
import type { Dispatch } from '../app.tsx';
import type { Select } from '../board.tsx';
import { AddressDetail } from './address.tsx';
import { IncidentDetail } from './incident.tsx';
import { NodeDetail } from './node.tsx';

export interface DetailProps {
  readonly selection: Selection;
  readonly facts: Facts;
  readonly incidents: readonly Incident[];
  readonly filter: Filter;
  readonly select: Select;
  readonly dispatch: Dispatch;
}

/** More about one thing. Its heading has the focus when it opens; Escape closes it. */
export function Detail({ selection, facts, incidents, filter, select, dispatch }: DetailProps) {
  const { kind, name } = selection;
  if (kind === 'address') {
    const fact = Object.hasOwn(facts.addresses, name) ? facts.addresses[name] : undefined;
    return (
      <Frame title={name} select={select}>
        <AddressDetail name={name} fact={fact} select={select} />
      </Frame>
    );
  }
  if (kind === 'node')
    return (
      <Frame title={name} select={select}>
        <NodeDetail {...{ name, facts, filter, select, dispatch }} />
      </Frame>
    );
  const incident = incidents.find(({ id }) => id === name);
  return (
    <Frame title="Move" select={select}>
      {incident === undefined ? <p class="empty">It is too long ago.</p> : <IncidentDetail incident={incident} select={select} />}
    </Frame>
  );
}

// --- internal ---

function Frame({ title, select, children }: { readonly title: string; readonly select: Select; readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section class="panel detail" aria-label={`Details of ${title}`}>
      <div class="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="quiet" onClick={() => select(undefined)}>
          close <kbd>Esc</kbd>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <div class="scroll" tabIndex={0}>
        {children}
      </div>
    </section>
  );
}
