import { describe, expect, it } from 'vitest';
import { block, type Conf, line, only, type Statement } from '../conf/tree.ts';
import { forNames } from './condition.ts';

const except = (id: string, statement: Statement): Statement => ({ ...statement, condition: { id, negated: true } });

describe('what is left for the names n1 and pod-1', () => {
  const cases: readonly [sentence: string, conf: Conf, left: Conf][] = [
    ['a line for all', [line('a')], [line('a')]],
    ['a line for the node', [only('n1', line('a'))], [line('a')]],
    ['a line for the pod', [only('pod-1', line('a'))], [line('a')]],
    ['no line for another node', [only('n2', line('a'))], []],
    ['no line for a node whose name begins alike', [only('n10', line('a'))], []],
    ['no line for the same name in capitals', [only('N1', line('a'))], []],
    ['a line for all but another node', [except('n2', line('a'))], [line('a')]],
    ['no line for all but the node', [except('n1', line('a'))], []],
    ['no line for all but the pod', [except('pod-1', line('a'))], []],
    ['lines inside blocks', [block('a', ['x'], [only('n1', line('b')), only('n2', line('c'))])], [block('a', ['x'], [line('b')])]],
    ['a block for the node with its lines', [only('n1', block('a', [], [only('n1', line('b'))]))], [block('a', [], [line('b')])]],
    ['a block that has become empty', [block('a', [], [only('n2', line('b'))])], [block('a', [], [])]],
    ['the order of lines', [line('priority', 100), only('n1', line('priority', 254))], [line('priority', 100), line('priority', 254)]],
  ];
  it.each(cases)('%s', (_, conf, left) => {
    expect(forNames(conf, ['n1', 'pod-1'])).toEqual(left);
  });
});
