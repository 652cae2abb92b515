import { describe, expect, it } from 'vitest';
import { parseKubernetesYaml } from './kubernetes-yaml.ts';

describe('YAML as Kubernetes reads it', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['documents, empty ones left out', 'a: 1\n---\n---\n# nothing\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['truth of version 1.1', 'a: yes\nb: "yes"\nc: off', [{ a: true, b: 'yes', c: false }]],
    ['times as texts', 'a: 2026-01-01T00:00:00Z\nb: 2026-01-01', [{ a: '2026-01-01T00:00:00Z', b: '2026-01-01' }]],
    ['no numbers to the base 60', 'a: 12:30\nb: 190:20:30.15', [{ a: '12:30', b: '190:20:30.15' }]],
    ['JSON', '{"a": [1, "b", null]}', [{ a: [1, 'b', null] }]],
    ['anchors and merges', 'a: &x {b: 1}\nc: {<<: *x, d: 2}', [{ a: { b: 1 }, c: { b: 1, d: 2 } }]],
  ])('%s', (_, text, expected) => {
    expect(parseKubernetesYaml(text)).toEqual(expected);
  });

  it.each([
    ['a list that is never closed', 'a:\n  - [1', 'line 2, column 7: '],
    ['a key that comes twice', 'a: 1\na: 2', 'line 2, column 1: Map keys must be unique'],
    ['an alias of nothing', 'a: *x', 'Unresolved alias'],
    ['a merge of what is no map', '<<: 1', 'Merge sources must be maps'],
    [
      'a text that grows without end',
      `a: &a [x]\n${'bcdefghi'.replace(/./g, (key) => `${key}: &${key} [${'*a,'.repeat(99)}*a]\n`)}`,
      'alias',
    ],
  ])('is not %s', (_, text, message) => {
    expect(() => parseKubernetesYaml(text)).toThrow(message);
  });

  it('takes the last of keys that come twice where they may', () => {
    expect(parseKubernetesYaml('a: 1\na: 2', { repeatedKeys: true })).toEqual([{ a: 2 }]);
  });
});
