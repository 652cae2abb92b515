import { describe, expect, it } from 'vitest';
import { valuesTable } from './values-table.ts';

describe('the table of values', () => {
  it('has a row for each value, with the path, the default and the comment above it', () => {
    const table = valuesTable(
      '# About the file.\n\n# How many.\nreplicas: 2\nimage:\n  # Its name.\n  name: a\n  # Its tag,\n  # or none.\n  tag: ""\n',
    );
    expect(table.trim().split('\n').slice(2)).toEqual([
      '| `replicas` | `2` | How many. |',
      '| `image.name` | `a` | Its name. |',
      '| `image.tag` | `""` | Its tag, or none. |',
    ]);
  });
  it('has one row for a map that is explained as a whole', () =>
    expect(valuesTable('# What it may use.\nresources:\n  cpu: 1\n')).toContain('| `resources` | `{ cpu: 1 }` | What it may use. |'));
  it('is not made while a value is unexplained', () => expect(() => valuesTable('# One.\na: 1\nb: 2\n')).toThrow('above them: b'));
});
