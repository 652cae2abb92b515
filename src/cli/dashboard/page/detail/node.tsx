import { useState } from 'preact/hooks';
import type { Facts } from '../../model/facts.ts';
import type { Simulation, SimulationAnswer } from '../../server/answers.ts';
import type { Filter } from '../../view/rows.ts';
import { addresses } from '../../view/words.ts';
import type { Dispatch } from '../app.tsx';
import type { Select } from '../board.tsx';
import { ask } from '../connect.ts';
import { SimulationView } from './simulation.tsx';

interface NodeProps {
  readonly name: string;
  readonly facts: Facts;
  readonly filter: Filter;
  readonly select: Select;
  readonly dispatch: Dispatch;
}

/** What a node has, what is wrong with it, and what would become of its addresses without it. */
export function NodeDetail({ name, facts, filter, select, dispatch }: NodeProps) {
  const node = Object.hasOwn(facts.nodes, name) ? facts.nodes[name] : undefined;
  const all = Object.values(facts.addresses);
  const own = all.filter((one) => one.node === name);
  const away = all.filter((one) => one.planned === name && one.node !== name).length;
  const { answer, isAsking, simulate } = useSimulation(name, dispatch);
  return (
    <>
      <p class="verdict" data-tone={node?.troubles.length ? 'doubt' : 'calm'}>
        has {addresses(own.length)}
        {away > 0 && `; ${away} more are to be here`}
      </p>
      <ul class="conditions">
        {node?.troubles.map((sentence) => (
          <li key={sentence} data-status="False">
            <span class="sign" aria-hidden="true">
              ✕
            </span>
            {sentence}
          </li>
        ))}
      </ul>
      <p class="actions">
        <button type="button" class="act" onClick={simulate} disabled={isAsking}>
          {isAsking ? 'Simulating …' : `What if ${name} goes?`}
        </button>
        <button type="button" class="act" onClick={() => dispatch({ kind: 'filter', filter: { ...filter, node: name } })}>
          Show its addresses
        </button>
      </p>
      {answer !== undefined && 'refused' in answer && (
        <p class="refused" role="status">
          {answer.refused}
        </p>
      )}
      {answer !== undefined && 'headline' in answer && <SimulationView simulation={answer} select={select} />}
    </>
  );
}

// --- internal ---

function useSimulation(name: string, dispatch: Dispatch) {
  const [answer, setAnswer] = useState<SimulationAnswer>();
  const [isAsking, setIsAsking] = useState(false);
  const simulate = async (): Promise<void> => {
    setIsAsking(true);
    const found = await ask<Simulation>('simulate', { without: name });
    setIsAsking(false);
    setAnswer(found);
    if (!('nodes' in found)) return;
    const fateOf = ({ name: node, after }: Simulation['nodes'][number]) => (found.without.includes(node) ? 'gone' : `then ${after}`);
    dispatch({ kind: 'simulated', nodes: new Map(found.nodes.map((one) => [one.name, fateOf(one)])) });
  };
  return { answer, isAsking, simulate: () => void simulate() };
}
