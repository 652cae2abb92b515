import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CASES, DIFFERENCES, INPUT } from '../../test/conformance/template/cases.ts';
import { type OracleResult, ourOutcome, outcomeOf } from '../../test/conformance/template/oracle.ts';

const RECORDED: readonly OracleResult[] = JSON.parse(
  readFileSync(new URL('../../test/conformance/template/recorded.json', import.meta.url), 'utf8'),
);
const recorded = new Map(RECORDED.map((result) => [result.name, result]));

describe('what Go made of a template, this interpreter makes of it', () => {
  it('has a recorded result for each case, and a case for each result', () => {
    expect(RECORDED.map(({ name }) => name)).toEqual(CASES.map(({ name }) => name));
  });

  it.each(CASES.filter(({ name }) => !DIFFERENCES.has(name)))('$name', ({ name, template }) => {
    const result = recorded.get(name);
    expect(ourOutcome(template, INPUT.data)).toEqual(result && outcomeOf(result));
  });

  it.each([...DIFFERENCES])('%s: %s', (name) => {
    const one = CASES.find((known) => known.name === name);
    const result = recorded.get(name);
    expect(one && ourOutcome(one.template, INPUT.data)).not.toEqual(result && outcomeOf(result));
  });
});
