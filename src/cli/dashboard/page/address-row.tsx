import type { AddressFact } from '../model/facts.ts';
import { networkVerdict } from '../view/network.ts';
import { clockTime, dayOf, HEALTH_WORDS, toneOf } from '../view/words.ts';

/** Height in pixels; the style sheet has the same. */
export const ROW = 28;

interface RowProps {
  readonly one: AddressFact;
  readonly index: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly isFresh: boolean;
  readonly open: (index: number) => void;
}

/** One address. */
export function Row({ one, index, isActive, isSelected, isFresh, open }: RowProps) {
  const { address, service, node, next, planned, health, since, wire, isWithoutSpare } = one;
  const { sign, name, meaning } = HEALTH_WORDS[health];
  const verdict = networkVerdict(wire, health !== 'NoOwner');
  const isAway = node !== undefined && planned !== undefined && planned !== node;
  return (
    <div
      class="row"
      role="row"
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-active={isActive}
      data-fresh={isFresh}
      data-tone={toneOf(health)}
      style={{ transform: `translateY(${index * ROW}px)` }}
      onClick={() => open(index)}
    >
      <span role="gridcell" class="address">
        {address}
      </span>
      <span role="gridcell">{service}</span>
      <span role="gridcell" title={isAway ? `its preferred node is ${planned}` : undefined}>
        {node ?? '–'}
        {isAway && <span class="away"> away</span>}
      </span>
      <span role="gridcell" class={isWithoutSpare ? 'trouble' : undefined}>
        {isWithoutSpare ? 'no spare' : (next ?? '')}
      </span>
      <span role="gridcell" class="state" title={meaning}>
        {sign && (
          <span class="sign" aria-hidden="true">
            {sign}
          </span>
        )}
        {name}
      </span>
      <span role="gridcell" class="time">
        {since && `${dayOf(since)} ${clockTime(since)}`}
      </span>
      <span role="gridcell" data-sign={verdict.sign}>
        <span class="sign" aria-hidden="true">
          {verdict.sign}
        </span>{' '}
        {verdict.words}
      </span>
    </div>
  );
}
