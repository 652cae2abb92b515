import type { Simulation } from '../../server/answers.ts';
import type { Select } from '../board.tsx';

const MOST_SHOWN = 200;

/** What becomes of addresses without a node: what has nowhere to go first, then how many each node has, then each that moves. */
export function SimulationView({ simulation, select }: { readonly simulation: Simulation; readonly select: Select }) {
  const { headline, fates, nodes, notes, without } = simulation;
  const isLost = (becomes: string): boolean => becomes === 'Lost' || becomes === 'Unanswered';
  const sorted = [...fates].sort((a, b) => Number(isLost(b.becomes)) - Number(isLost(a.becomes)));
  const rows = sorted.flatMap(({ addresses, ...rest }) => addresses.map((address) => ({ address, ...rest })));
  const most = Math.max(1, ...nodes.map(({ before, after }) => Math.max(before, after)));
  return (
    <div class="simulation">
      <p class="simulated" role="status" data-tone={fates.some(({ becomes }) => isLost(becomes)) ? 'alarm' : 'calm'}>
        {headline}
      </p>
      {notes.map((note) => (
        <p class="refused" key={note}>
          {note}
        </p>
      ))}
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Now</th>
            <th scope="col">Then</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {nodes
            .filter(({ before, after }) => before !== after || nodes.length <= 12)
            .map(({ name, before, after }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{before}</td>
                <td class="number">{without.includes(name) ? 'gone' : after}</td>
                <td class="bar">
                  <meter min={0} max={most} value={after} aria-hidden="true" />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <ol class="trace">
        {rows.slice(0, MOST_SHOWN).map(({ address, to, becomes, note }) => (
          <li key={address} data-lost={isLost(becomes)}>
            <span class="journey">
              <button type="button" class="link address" onClick={() => select({ kind: 'address', name: address })}>
                {address}
              </button>{' '}
              {to === undefined ? '→ nowhere' : `→ ${to}`}
            </span>
            {(note || becomes !== 'Moves') && (
              <span class="what">
                {becomes}
                {note && `: ${note}`}
              </span>
            )}
          </li>
        ))}
      </ol>
      {rows.length > MOST_SHOWN && <p class="empty">and {rows.length - MOST_SHOWN} more</p>}
    </div>
  );
}
