import { describe, expect, it } from 'vitest';
import { ADMISSION_CASES, serviceOf } from '../../test/builders/admission-case.ts';
import { aGroup, anInput } from '../../test/builders/object.ts';
import { plan } from '../plan/plan.ts';

describe('the planner, for Services that no admission policy has judged', () => {
  it.each(ADMISSION_CASES)('judges $name', (one) => {
    const group = aGroup({ spec: { ...(one.fences && { fences: one.fences }), ...(one.globals && { verbatimConfig: one.globals }) } });
    const { problems } = plan(anInput({ group, services: [serviceOf(one, 'a', 'web', 'web/vips')] }));
    expect(problems.map(({ reason, message }) => [reason, message])).toEqual(one.reason ? [[one.reason, expect.any(String)]] : []);
  });
});
