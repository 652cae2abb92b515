import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INPUT } from '../conformance/template/cases.ts';
import { generatedTemplates } from '../conformance/template/generated.ts';
import { askGo, goIsMissing, ourOutcome, outcomeOf, schemaOfGo } from '../conformance/template/oracle.ts';

const missing = goIsMissing();
const because = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`text/template of the Go on this machine${because}`, () => {
  it('makes of every case what is recorded', () => {
    const recorded = JSON.parse(readFileSync(new URL('../conformance/template/recorded.json', import.meta.url), 'utf8'));
    expect(askGo(INPUT).map(outcomeOf)).toEqual(recorded.map(outcomeOf));
  });

  it('knows the fields that the schema says', () => {
    expect(readFileSync(new URL('../../src/template/data/kubernetes-schema.ts', import.meta.url), 'utf8')).toBe(schemaOfGo());
  });

  it('and this interpreter make the same of 3,000 generated templates', () => {
    const cases = generatedTemplates(3000).map((template) => ({ name: template, template }));
    const ours = cases.map(({ template }) => ({ template, ...ourOutcome(template, INPUT.data) }));
    const theirs = askGo({ ...INPUT, cases }).map((result) => ({ template: result.name, ...outcomeOf(result) }));
    expect(ours).toEqual(theirs);
  });
});
