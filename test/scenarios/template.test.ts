/** The template that people start from makes, on every scenario, what the operator makes without one. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { podsOf } from '../../src/cli/plan/plan-groups.ts';
import { parse } from '../../src/conf/parse.ts';
import { fromTemplate } from '../../src/override/from-template.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { parseTemplate } from '../../src/template/syntax/parser.ts';
import { planInput } from '../builders/arbitrary.ts';
import { aGroup, aPod } from '../builders/object.ts';
import { FOLDERS } from './folder.ts';
import { SETTINGS, scenarioOf } from './outcome.ts';

const SHIPPED = parseTemplate(readFileSync('config/templates/keepalived-template.yaml', 'utf8'));
const EDITED = parseTemplate(readFileSync('test/fixtures/go-operator-template.yaml', 'utf8'));

describe('config/templates/keepalived-template.yaml', () => {
  it.each(FOLDERS)('equals the native rendering of $name', ({ input }) => {
    const { cluster, planned } = scenarioOf(input);
    for (const { plan, objects, config } of planned) {
      const context = { plan, services: cluster.services, pods: podsOf(plan.group, cluster.pods), settings: SETTINGS };
      const result = fromTemplate(SHIPPED, { ...context, supportsPodMonitor: false });
      expect(result).toEqual({ kind: 'made', objects, ...(config && { config }), problems: [] });
    }
  });
});

describe('a template of the Go operator, edited', () => {
  const made = (input: PlanInput) =>
    fromTemplate(EDITED, { plan: plan(input), services: input.services, pods: input.pods, settings: SETTINGS, supportsPodMonitor: false });
  const inputs = planInput.map((input): PlanInput => ({ ...input, pods: ['node0', 'node1'].map((node) => aPod(node)) }));

  it("carries what the plan does, whatever Services' owners write", () => {
    const plain = inputs.map((input): PlanInput => ({ ...input, group: aGroup({ status: input.group.status ?? {} }) }));
    fc.assert(
      fc.property(plain, (input) => {
        const result = made(input);
        if (result.kind === 'failed') throw new Error(result.problem.message);
        const instances = parse(result.config?.data['keepalived.conf'] ?? '').filter(({ keyword }) => keyword === 'vrrp_instance');
        expect(instances.map(({ words }) => words[0]).sort()).toEqual(
          plan(input)
            .routers.map(({ name }) => name)
            .sort(),
        );
        expect(result.problems.map(({ reason }) => reason)).toEqual(['TemplatePodsUnable']);
      }),
    );
  });

  it("makes no other object, whatever the group's owner writes", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const result = made(input);
        const objects =
          result.kind === 'failed' ? [] : result.objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
        expect([[], ['ConfigMap web/vips', 'DaemonSet web/vips']]).toContainEqual(objects);
      }),
    );
  });
});
