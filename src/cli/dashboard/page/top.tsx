import type { RefObject } from 'preact';
import type { SourceFact } from '../model/facts.ts';
import type { Doubt, Headline } from '../view/headline.ts';
import type { Screen } from '../view/screen.ts';
import { HEALTH_WORDS, toneOf } from '../view/words.ts';
import type { Dispatch } from './app.tsx';
import type { Select } from './board.tsx';

interface TopProps {
  readonly screen: Screen;
  readonly headline: Headline;
  readonly doubts: readonly Doubt[];
  readonly search: RefObject<HTMLInputElement | null>;
  readonly select: Select;
  readonly dispatch: Dispatch;
}

/** What is the matter in one sentence, what to filter by, and whether what is shown is live. */
export function Top({ screen, headline, doubts, search, select, dispatch }: TopProps) {
  const { cluster, connection, filter } = screen;
  return (
    <header class="top" data-tone={headline.tone}>
      <h1>
        keepalived <span class="cluster">{cluster}</span>
      </h1>
      <p class="headline" role="status">
        {headline.sentence}
      </p>
      <fieldset class="counts" aria-label="Show only">
        {headline.counts.map(({ health, words }) => (
          <button
            type="button"
            key={health}
            class="count"
            data-tone={toneOf(health)}
            aria-pressed={filter.health === health}
            title={HEALTH_WORDS[health].meaning}
            onClick={() => {
              const { health: was, ...rest } = filter;
              dispatch({ kind: 'filter', filter: was === health ? rest : { ...rest, health } });
            }}
          >
            <span class="sign" aria-hidden="true">
              {HEALTH_WORDS[health].sign}
            </span>
            {words}
          </button>
        ))}
        {headline.nodes[0] !== undefined && (
          <button
            type="button"
            class="count"
            data-tone="doubt"
            title="something is wrong with these nodes"
            onClick={() => select({ kind: 'node', name: headline.nodes[0] ?? '' })}
          >
            <span class="sign" aria-hidden="true">
              !
            </span>
            {headline.nodes.length === 1 ? headline.nodes[0] : `${headline.nodes.length} nodes`}
          </button>
        )}
      </fieldset>
      <label class="search">
        <span class="hidden">Search addresses</span>
        <input
          ref={search}
          type="search"
          placeholder="Search address, Service, node   /"
          value={filter.text}
          onInput={(event) => dispatch({ kind: 'filter', filter: { ...filter, text: event.currentTarget.value } })}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            dispatch({ kind: 'filter', filter: { ...filter, text: '' } });
          }}
        />
      </label>
      <Liveness connection={connection} sources={Object.values(screen.facts.sources)} />
      {doubts.length > 0 && (
        <ul class="doubts">
          {doubts.map(({ tone, message }) => (
            <li key={message} data-tone={tone}>
              {message}
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

// --- internal ---

const CONNECTION_WORDS = {
  opening: 'connecting',
  live: 'live',
  lost: 'connection lost',
  ended: 'ended: the command was stopped',
} as const;

function Liveness({ connection, sources }: { readonly connection: Screen['connection']; readonly sources: readonly SourceFact[] }) {
  const isInterrupted = connection === 'live' && sources.some(({ state }) => state === 'interrupted');
  const words = isInterrupted ? 'interrupted' : CONNECTION_WORDS[connection];
  return (
    <p class="liveness" data-live={connection === 'live' && !isInterrupted} role="status">
      <span class="dot" aria-hidden="true" />
      {words}
    </p>
  );
}
