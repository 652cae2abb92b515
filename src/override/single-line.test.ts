import { describe, expect, it } from 'vitest';
import { singleLines } from './single-line.ts';

describe('a value of texts that stay on their line', () => {
  it.each<[string, unknown, unknown]>([
    ['keeps what is on one line', { a: 'b: c # {d}', e: [1, true, 'f'] }, { a: 'b: c # {d}', e: [1, true, 'f'] }],
    ['lacks an entry whose text has a line end', { a: '1\n- kind: Role', b: 'x' }, { b: 'x' }],
    ['lacks an entry whose key has one', { 'a\nb': 'c', d: 'e' }, { d: 'e' }],
    ['lacks items with one', ['a\r', 'b'], ['b']],
    ['knows the line ends of YAML 1.1', { a: '1\u00852', b: '1\u20282', c: '1\u20292', d: 'e' }, { d: 'e' }],
  ])('%s', (_, value, expected) => {
    expect(singleLines(value)).toEqual(expected);
  });
});
