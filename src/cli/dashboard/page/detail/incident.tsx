import type { Incident, NodeCount } from '../../view/incidents.ts';
import { addresses, CAUSE_WORDS, clockTime, dayOf } from '../../view/words.ts';
import type { Select } from '../board.tsx';
import { gapWords, journey } from '../side.tsx';

const MOST_SHOWN = 200;

/** Moves that belong together: the cause, how many went where, and each of them. */
export function IncidentDetail({ incident, select }: { readonly incident: Incident; readonly select: Select }) {
  const { cause, begins, ends, moves, from, to } = incident;
  return (
    <>
      <p class="verdict" data-tone="calm">
        {journey(incident)}
      </p>
      <dl>
        <dt>Cause</dt>
        <dd>
          {CAUSE_WORDS[cause] ?? cause} <span class="says">{cause}</span>
        </dd>
        <dt>In words</dt>
        <dd>{moves[0]?.message}</dd>
        <dt>When</dt>
        <dd>
          {dayOf(begins)} {clockTime(begins)}
          {ends !== begins && ` to ${clockTime(ends)}`} UTC
        </dd>
        {gapWords(incident) && (
          <>
            <dt>Outage</dt>
            <dd>{gapWords(incident)}</dd>
          </>
        )}
        <dt>Where to</dt>
        <dd>{[...to].map(inWords).join('; ')}</dd>
        {from.length > 1 && (
          <>
            <dt>Where from</dt>
            <dd>{from.map(inWords).join('; ')}</dd>
          </>
        )}
      </dl>
      <h3>{addresses(moves.length)}</h3>
      <ol class="trace">
        {moves.slice(0, MOST_SHOWN).map((move) => (
          <li key={move.id}>
            <span class="time">
              <b>{clockTime(move.time)}</b>
            </span>
            <span class="journey">
              <button type="button" class="link address" onClick={() => select({ kind: 'address', name: move.address })}>
                {move.address}
              </button>{' '}
              → {move.to}
            </span>
            {move.from !== undefined && <span class="gap">time without an owner: {move.gapInWords ?? 'unknown'}</span>}
          </li>
        ))}
      </ol>
      {moves.length > MOST_SHOWN && <p class="empty">and {moves.length - MOST_SHOWN} more</p>}
    </>
  );
}

// --- internal ---

const inWords = ({ name, count }: NodeCount): string => `${name}: ${count}`;
