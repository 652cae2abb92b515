import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMISSION_CASES, serviceOf } from '../../test/builders/admission-case.ts';
import { aGroup, anInput } from '../../test/builders/object.ts';
import { parseKubernetesYaml } from '../api/kubernetes-yaml.ts';
import { NO_HOST } from '../plan/claims/reserved-address.ts';
import { SERVICE_LINES } from '../plan/lines/service-line.ts';
import { plan } from '../plan/plan.ts';
import { raw } from './expression.ts';
import { fenceBinding, fencePolicy, servicePolicy } from './policy.ts';
import { poolPolicy } from './pool-policy.ts';

describe('the planner, for Services that no admission policy has judged', () => {
  it.each(ADMISSION_CASES)('judges $name', (one) => {
    const group = aGroup({ spec: { ...(one.fences && { fences: one.fences }), ...(one.globals && { verbatimConfig: one.globals }) } });
    const { problems } = plan(anInput({ group, services: [serviceOf(one, 'a', 'web', 'web/vips')] }));
    const found = problems.filter(({ object }) => object.kind === 'Service').map(({ reason, message }) => [reason, message]);
    expect(found).toEqual(one.reason ? [[one.reason, expect.any(String)]] : []);
  });
});

it('the binding in the documentation is the one that is tested', () => {
  const documented = /^apiVersion: admissionregistration[^`]*/m.exec(readFileSync('docs/reference/fences.md', 'utf8'))?.[0] ?? '';
  expect(parseKubernetesYaml(documented)).toEqual([fenceBinding('web')]);
});

describe('an expression of a policy', () => {
  const all = [...servicePolicy(), fencePolicy(), ...poolPolicy()];
  const policies = JSON.stringify(all);

  it('names every safe line and every range of no single host', () => {
    for (const keyword of Object.keys(SERVICE_LINES)) expect(policies).toMatch(new RegExp(`[(|]${keyword}[|)]`));
    for (const { range } of NO_HOST) expect(policies).toContain(`'${range}'`);
  });

  it('uses no variable that its policy does not define', () => {
    for (const policy of all) {
      const text = JSON.stringify(policy);
      const defined = new Set([...text.matchAll(/"name":"(\w+)","expression"/g)].map(([, name]) => name));
      for (const [, name] of text.matchAll(/variables\.(\w+)/g)) expect(defined).toContain(name);
    }
  });

  it('is refused where a text would leave its quotes', () => {
    expect(() => raw("it's")).toThrow('single quote');
  });
});
