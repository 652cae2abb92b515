import { describe, expect, it } from 'vitest';
import { described } from './probe.ts';
import { countUpTo, milliseconds, verb } from './verb.ts';

describe('a duration on the command line', () => {
  it.each([
    ['10s', 10_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['2m', 120_000],
  ])('reads %s', (text, value) => {
    expect(milliseconds(text)).toBe(value);
  });
  it.each(['10', 's', '', '-1s', '10 s', '1h'])('refuses "%s"', (text) => {
    expect(() => milliseconds(text)).toThrow('Expected a number with its unit');
  });
});

describe('a count on the command line', () => {
  it.each(['0', '151', '1.5', 'x', '', '-1'])('refuses "%s"', (text) => {
    expect(() => countUpTo(150)(text)).toThrow('Expected a whole number from 1 to 150.');
  });
  it('reads one in its range', () => {
    expect(countUpTo(150)('150')).toBe(150);
  });
});

describe('the help of a verb', () => {
  it('ends with examples that can be copied', () => {
    const command = verb('heal', 'Undo what was done: all of it.', ['heal node1']);
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(command.summary()).toBe('Undo what was done');
    expect(help).toContain('Examples:\n  bin/lab heal node1');
  });
});

describe('what a probe saw, for people', () => {
  const result = { address: '192.0.2.200', everyMs: 10, sent: 100, received: 100, gaps: [] };
  it('says that there was no gap', () => {
    expect(described(result)).toBe('192.0.2.200: 100 of 100 answered, one every 10 ms; no gap');
  });
  it('tells each gap with its beginning and length', () => {
    const gaps = [
      { startedAt: Date.UTC(2026, 0, 1, 12, 0, 0, 5), lengthMs: 3202.4, lost: 320 },
      { startedAt: Date.UTC(2026, 0, 1, 12, 0, 9), lengthMs: 20, lost: 2, open: true as const },
    ];
    expect(described({ ...result, received: 78, gaps }).split('\n')).toEqual([
      '192.0.2.200: 78 of 100 answered, one every 10 ms; longest gap 3202 ms (times are UTC)',
      '  12:00:00.005  3202 ms, 320 lost',
      '  12:00:09.000  at least 20 ms, 2 lost',
    ]);
  });
});
