import { beforeEach, expect, it } from 'vitest';
import { ToldProblems, type Trouble } from './told-problems.ts';

const trouble = (name: string, message = 'no'): Trouble => ({
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'web', name },
  reason: 'AddressConflict',
  message,
});
let told: string[];
let problems: ToldProblems;
beforeEach(() => {
  told = [];
  problems = new ToldProblems(({ metadata }, { reason, note }) => told.push(`${metadata.name} ${reason} ${note}`));
});

it('tells of a problem when it appears, not while it lasts, and again when it comes back', () => {
  problems.tell('web/vips', [trouble('a')]);
  problems.tell('web/vips', [trouble('a')]);
  expect(told).toEqual(['a AddressConflict no']);
  problems.tell('web/vips', []);
  problems.tell('web/vips', [trouble('a')]);
  expect(told).toHaveLength(2);
});

it('tells of other words about the same', () => {
  problems.tell('web/vips', [trouble('a')]);
  problems.tell('web/vips', [trouble('a', 'not that either'), trouble('b')]);
  expect(told).toEqual(['a AddressConflict no', 'a AddressConflict not that either', 'b AddressConflict no']);
});

it('keeps those of one group apart from those of another', () => {
  problems.tell('web/vips', [trouble('a')]);
  problems.tell('web/others', []);
  problems.tell('web/vips', [trouble('a')]);
  expect(told).toHaveLength(1);
});
