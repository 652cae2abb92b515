import { useEffect, useState } from 'preact/hooks';
import type { AddressFact, MoveFact } from '../../model/facts.ts';
import type { AddressAnswer } from '../../server/answers.ts';
import { CAUSE_WORDS, clockTime, dayOf, HEALTH_WORDS, toneOf } from '../../view/words.ts';
import type { Select } from '../board.tsx';
import { ask } from '../connect.ts';

interface AddressProps {
  readonly name: string;
  /** Absent where the address is gone. */
  readonly fact: AddressFact | undefined;
  readonly select: Select;
}

/** What is known of one address, and its last moves. */
export function AddressDetail({ name, fact, select }: AddressProps) {
  const answer = useAnswer(name, fact);
  if (fact === undefined) return <p class="empty">There is no such address any more.</p>;
  const { sign, meaning } = HEALTH_WORDS[fact.health];
  const more = answer !== undefined && 'moves' in answer ? answer : undefined;
  return (
    <>
      <p class="verdict" data-tone={toneOf(fact.health)}>
        {sign && <span class="sign">{sign}</span>}
        {fact.node === undefined ? (
          meaning
        ) : (
          <>
            on <NodeLink name={fact.node} select={select} />
            {fact.since && ` since ${dayOf(fact.since)} ${clockTime(fact.since)}`}
          </>
        )}
      </p>
      <dl>
        <Line term="Service" value={fact.service} />
        <Line term="Ports" value={more?.ports.join(', ')} />
        <Line term="Next node" value={fact.isWithoutSpare ? 'none: no other node runs the configuration of the group' : fact.next} />
        <Line term="Preferred node" value={fact.planned} />
        <Line term="Group" value={fact.group} />
        <Line term="Virtual router" value={fact.router && `${fact.router}${fact.routerID ? `, id ${fact.routerID}` : ''}`} />
        <Line term="From" value={more?.pool ? `AddressPool ${more.pool}` : more?.source} />
      </dl>
      <h3>On the network, and otherwise</h3>
      {answer === undefined && <p class="empty">…</p>}
      {answer !== undefined && 'refused' in answer && <p class="empty">{answer.refused}</p>}
      {more?.conditions.length === 0 && <p class="empty">No condition is written.</p>}
      <ul class="conditions">
        {more?.conditions.map(({ type, status, message }) => (
          <li key={type} data-status={status}>
            <span class="sign" aria-hidden="true">
              {SIGNS[status] ?? '?'}
            </span>
            <b>
              {type} {status}
            </b>{' '}
            {message}
          </li>
        ))}
      </ul>
      <h3>Last moves</h3>
      <Moves moves={more?.moves ?? []} />
    </>
  );
}

export function NodeLink({ name, select }: { readonly name: string; readonly select: Select }) {
  return (
    <button type="button" class="link" onClick={() => select({ kind: 'node', name })}>
      {name}
    </button>
  );
}

// --- internal ---

const SIGNS: Readonly<Record<string, string>> = { True: '✓', False: '✕', Unknown: '?' };

/** What the server knows beside the facts, asked for anew when those change. */
function useAnswer(name: string, fact: AddressFact | undefined) {
  const [answer, setAnswer] = useState<AddressAnswer | { readonly refused: string }>();
  useEffect(() => {
    let isOld = false;
    void ask<AddressAnswer>('address', { is: name }).then((found) => isOld || setAnswer(found));
    return () => {
      isOld = true;
    };
  }, [name, fact]);
  return answer;
}

function Line({ term, value }: { readonly term: string; readonly value: string | undefined }) {
  if (value === undefined || value === '') return null;
  return (
    <>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Moves({ moves }: { readonly moves: readonly MoveFact[] }) {
  if (moves.length === 0) return <p class="empty">No move is recorded.</p>;
  return (
    <ol class="trace">
      {moves.map(({ id, time, from, to, cause, message, gapInWords }) => (
        <li key={id}>
          <span class="time">
            {dayOf(time)} <b>{clockTime(time)}</b>
          </span>
          <span class="journey">{from === undefined ? `to ${to}` : `${from} → ${to}`}</span>
          <span class="what" title={cause}>
            {CAUSE_WORDS[cause] ?? cause}: {message}
          </span>
          {from !== undefined && <span class="gap">time without an owner: {gapInWords ?? 'unknown'}</span>}
        </li>
      ))}
    </ol>
  );
}
