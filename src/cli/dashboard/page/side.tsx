import type { FindingFact } from '../model/facts.ts';
import { SEVERITY_SIGNS } from '../view/findings.ts';
import type { Incident, NodeCount } from '../view/incidents.ts';
import { addresses, CAUSE_WORDS, clockTime, dayOf, span } from '../view/words.ts';
import { useArrows } from './arrows.ts';
import type { Select } from './board.tsx';

/** More of them nobody reads; each address keeps its own. */
const MOST_INCIDENTS = 100;
const MOST_FINDINGS = 200;

interface SideProps {
  readonly incidents: readonly Incident[];
  readonly findings: readonly FindingFact[];
  readonly select: Select;
}

/** What happened, and what is refused or wrong. */
export function SidePanels({ incidents, findings, select }: SideProps) {
  const { ref, ...keys } = useArrows<HTMLOListElement>();
  const wrong = findings.filter(({ severity }) => severity !== 'hint').length;
  return (
    <>
      <section class="panel moves" aria-label="Moves">
        <div class="panel-head">
          <h2>Moves</h2>
          <p class="filtered">UTC, by the new owner’s clock</p>
        </div>
        {incidents.length === 0 && <p class="empty">No move is recorded.</p>}
        <ol ref={ref} {...keys}>
          {incidents.slice(0, MOST_INCIDENTS).map((one) => (
            <li key={one.id}>
              <IncidentView one={one} open={() => select({ kind: 'incident', name: one.id })} />
            </li>
          ))}
        </ol>
      </section>
      <section class="panel findings" aria-label="Refused and wrong">
        <div class="panel-head">
          <h2>
            Refused and wrong <span class="number">{wrong}</span>
          </h2>
        </div>
        {findings.length === 0 && <p class="empty">Nothing is refused, and nothing is reported wrong.</p>}
        <ul tabIndex={findings.length > 0 ? 0 : undefined} aria-label="What is refused or wrong">
          {findings.slice(0, MOST_FINDINGS).map((one) => (
            <Finding key={one.id} one={one} />
          ))}
        </ul>
        {findings.length > MOST_FINDINGS && <p class="empty">and {findings.length - MOST_FINDINGS} more</p>}
      </section>
    </>
  );
}

/** From where to where, such as `node1 → node2 and node3`. */
export const journey = ({ from, to }: Pick<Incident, 'from' | 'to'>): string =>
  from.length === 0 ? `to ${names(to)}` : `${names(from)} → ${names(to)}`;

/** For how long nobody had the addresses, in words. */
export function gapWords({ gap, withoutGap, cause }: Pick<Incident, 'gap' | 'withoutGap' | 'cause'>): string {
  if (cause === 'FirstElection') return '';
  if (gap === undefined) return 'time without an owner unknown';
  const words = gap[1] === 0 ? 'never without an owner' : `without an owner ${span(gap)}`;
  return withoutGap > 0 ? `${words}; of ${withoutGap} unknown` : words;
}

// --- internal ---

function IncidentView({ one, open }: { readonly one: Incident; readonly open: () => void }) {
  const { cause, begins, moves } = one;
  const [first] = moves;
  return (
    <button type="button" class="incident" data-stop={one.id} onClick={open} title={first?.message}>
      <span class="time" title={begins}>
        {dayOf(begins)} <b>{clockTime(begins)}</b>
      </span>
      <span class="journey">{journey(one)}</span>
      <span class="what">
        {CAUSE_WORDS[cause] ?? cause} · {moves.length === 1 ? first?.address : `${addresses(moves.length)}${one.isCut ? ' or more' : ''}`}
      </span>
      <span class="gap" data-is={one.gap === undefined ? 'unknown' : one.gap[1] === 0 ? 'none' : 'some'}>
        {gapWords(one)}
      </span>
    </button>
  );
}

function Finding({ one: { object, says, reason, message, severity } }: { readonly one: FindingFact }) {
  return (
    <li class="finding" data-severity={severity}>
      <span class="sign" aria-hidden="true">
        {SEVERITY_SIGNS[severity]}
      </span>
      <p>
        <b>{object}</b> <span class="says">{[says, reason].filter(Boolean).join(': ') || severity}</span>
      </p>
      <p class="message">{message}</p>
    </li>
  );
}

/** Of more than three the number. */
function names(counts: readonly NodeCount[]): string {
  if (counts.length > 3) return `${counts.length} nodes`;
  return counts.map(({ name }) => name).join(', ');
}
