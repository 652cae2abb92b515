/** The template that people start from makes, on every scenario, what the operator makes without one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { podsOf } from '../../src/cli/plan-groups.ts';
import { fromTemplate } from '../../src/override/from-template.ts';
import { parseTemplate } from '../../src/template/syntax/parser.ts';
import { FOLDERS } from './folder.ts';
import { SETTINGS, scenarioOf } from './outcome.ts';

const SHIPPED = parseTemplate(readFileSync('config/templates/keepalived-template.yaml', 'utf8'));

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
