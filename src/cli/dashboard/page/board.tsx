import { useMemo } from 'preact/hooks';
import type { Board } from '../view/board.ts';
import type { Selection } from '../view/screen.ts';
import { useArrows } from './arrows.ts';
import { useFlight } from './flight.ts';
import { LaneView, NobodyView } from './lane.tsx';

export type Select = (selection: Selection | undefined) => void;

interface BoardProps {
  readonly board: Board;
  readonly simulated: ReadonlyMap<string, string> | undefined;
  readonly selection: Selection | undefined;
  readonly select: Select;
}

/** Nodes and what they have; on top of them, loudly, what nobody has. */
export function BoardView({ board, simulated, selection, select }: BoardProps) {
  const { lanes, nobody, detail } = board;
  const { ref, ...keys } = useArrows<HTMLElement>();
  const moved = useMemo(() => new Map([...lanes, nobody].flatMap(({ came }) => [...came])), [board]);
  useFlight(ref, moved);
  return (
    <section class="board" ref={ref} {...keys} data-detail={detail} aria-label="Nodes and their addresses">
      {nobody.addresses.length > 0 && <NobodyView lane={nobody} detail={detail} select={select} />}
      <div class="lanes">
        {lanes.map((lane) => (
          <LaneView
            key={lane.node?.name}
            lane={lane}
            detail={detail}
            isSelected={selection?.kind === 'node' && selection.name === lane.node?.name}
            simulated={simulated?.get(lane.node?.name ?? '')}
            select={select}
          />
        ))}
      </div>
    </section>
  );
}
