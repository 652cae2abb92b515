import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { AddressFact } from '../model/facts.ts';
import { type Board, type Lane, nobodyInWords } from '../view/board.ts';
import { cellAt, cellsOf } from '../view/cells.ts';
import type { Recent } from '../view/recent.ts';
import { HEALTH_WORDS, addresses as inWords, toneOf } from '../view/words.ts';
import type { Select } from './board.tsx';

interface LaneProps {
  readonly lane: Lane;
  readonly detail: Board['detail'];
  readonly select: Select;
}

/** A node: its name, how many addresses it has, what is wrong with it, and the addresses. */
export function LaneView({
  lane,
  detail,
  isSelected,
  simulated,
  select,
}: LaneProps & { isSelected: boolean; simulated: string | undefined }) {
  const { node, addresses, came, left, tone } = lane;
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isSelected) article.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  if (node === undefined) return null;
  return (
    <article ref={article} class="lane" data-tone={tone} data-unfit={node.isUnfit || node.isGone} aria-label={`node ${node.name}`}>
      <button
        type="button"
        class="lane-head"
        data-stop={`node ${node.name}`}
        aria-expanded={isSelected}
        title={node.troubles.join('\n')}
        onClick={() => select({ kind: 'node', name: node.name })}
      >
        <span class="name">{node.name}</span>
        {came.size > 0 && <Badge kind="came" text={`+${came.size}`} words="just came" />}
        {left.length > 0 && <Badge kind="left" text={`−${left.length}`} words="just left" />}
        {simulated !== undefined && <Badge kind="simulated" text={simulated} words="in the simulation" />}
        <span class="number" title={inWords(addresses.length)}>
          {addresses.length.toLocaleString('en')}
        </span>
      </button>
      {node.troubles.length > 0 && <p class="trouble">{node.troubles[0]}</p>}
      <Addresses lane={lane} detail={detail} select={select} columns={CELL_COLUMNS} />
    </article>
  );
}

/** What nobody has, or more than one node, or who knows who. */
export function NobodyView({ lane, detail, select }: LaneProps) {
  const { sign, words } = nobodyInWords(lane);
  return (
    <section class="lane nobody" data-tone={lane.tone} role="alert" aria-label="On no node, or on several">
      <p class="lane-head">
        <span class="sign" aria-hidden="true">
          {sign}
        </span>
        <span class="name">{words}</span>
      </p>
      <Addresses lane={lane} detail={detail} select={select} columns={NOBODY_COLUMNS} />
    </section>
  );
}

// --- internal ---

const CELL_COLUMNS = 18;
const NOBODY_COLUMNS = 80;

const Badge = ({ kind, text, words }: { readonly kind: string; readonly text: string; readonly words: string }) => (
  <span class="badge" data-kind={kind} title={words}>
    {text}
    <span class="hidden"> {words}</span>
  </span>
);

function Addresses({ lane, detail, select, columns }: LaneProps & { readonly columns: number }) {
  if (detail === 'cells') return <CellsView lane={lane} columns={columns} select={select} />;
  const { addresses, came, left } = lane;
  return (
    <ul class="chips">
      {addresses.map((one) => (
        <Chip key={one.address} one={one} came={came.get(one.address)} detail={detail} select={select} />
      ))}
      {left.map(({ address, to }) => (
        <li key={`left ${address}`} class="ghost">
          <span class="address">{address}</span>
          <span class="service">{to === undefined ? 'lost' : `→ ${to}`}</span>
        </li>
      ))}
    </ul>
  );
}

interface ChipProps {
  readonly one: AddressFact;
  readonly came: Recent | undefined;
  readonly detail: Board['detail'];
  readonly select: Select;
}

function Chip({ one: { address, health, service }, came, detail, select }: ChipProps) {
  const origin = came === undefined ? undefined : came.from === undefined ? 'new owner' : `← ${came.from}`;
  const { sign, meaning } = HEALTH_WORDS[health];
  return (
    <li data-flies={address}>
      <button
        type="button"
        class="chip"
        data-stop={`address ${address}`}
        data-tone={toneOf(health)}
        data-came={came !== undefined}
        title={`${address}, ${service ?? 'no Service'}: ${meaning}`}
        onClick={() => select({ kind: 'address', name: address })}
      >
        {sign && (
          <span class="sign" aria-hidden="true">
            {sign}
          </span>
        )}
        <span class="address">{address}</span>
        {detail === 'rows' && <span class="service">{service}</span>}
        {origin && <span class="origin">{origin}</span>}
        <span class="hidden">, {meaning}</span>
      </button>
    </li>
  );
}

function CellsView({ lane, columns, select }: { readonly lane: Lane; readonly columns: number; readonly select: Select }) {
  const { addresses, came, left } = lane;
  const { width, height, paths } = useMemo(() => cellsOf({ addresses, came, left }, columns), [addresses, came, left, columns]);
  const onClick = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const address = cellAt(lane, columns, ((event.clientX - box.x) * width) / box.width, ((event.clientY - box.y) * height) / box.height);
    if (address !== undefined) select({ kind: 'address', name: address });
  };
  // By keyboard the same addresses are in the table, which the node's details filter.
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <svg class="cells" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" onClick={onClick}>
      <title>{inWords(addresses.length)}</title>
      {paths.map(({ kind, data }) => (
        <path key={kind} class={`cell ${kind}`} d={data} />
      ))}
    </svg>
  );
}
