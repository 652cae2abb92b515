import { describe, expect, it } from 'vitest';
import { offendingEdges } from './check-imports.ts';

const edgesOf = (file: string, text: string) => offendingEdges(new Map([[file, text]]));

describe('import directions', () => {
  it.each([
    ['a room imports itself', 'src/plan/plan.ts', `import { x } from './input.ts';`],
    ['plan imports api', 'src/plan/plan.ts', `import type { Group } from '../api/group.ts';`],
    ['main imports any room', 'src/main/manager.ts', `import { x } from '../kube/client.ts';`],
    ['an edge imports a module of Node', 'src/agent/link.ts', `import { watch } from 'node:fs';`],
    ['the lab as a whole imports its parts', 'lab/up.ts', `import { x } from './cluster/cluster.ts';`],
    ['a part of the lab imports the cache', 'lab/helm/helm.ts', `import { cached } from '../cache.ts';`],
    ['a test in the ring imports what it likes', 'src/plan/plan.test.ts', `import { readFileSync } from 'node:fs';`],
    ['the ring imports types of a package of types', 'src/api/schema.ts', `import type { XStatic } from 'typebox/schema';`],
    ['a comment names a clock', 'src/plan/plan.ts', `/** Never Date.now(): time is an argument. */\nexport const x = 1;`],
  ])('%s: allowed', (_, file, text) => {
    expect(edgesOf(file, text)).toEqual([]);
  });

  it.each([
    ['plan imports an edge', 'src/plan/plan.ts', `import { x } from '../kube/client.ts';`, 'src/kube/client.ts'],
    ['agent imports plan', 'src/agent/run.ts', `import { x } from '../plan/plan.ts';`, 'src/plan/plan.ts'],
    ['the lab imports the product', 'lab/up.ts', `import { x } from '../src/api/names.ts';`, 'src/api/names.ts'],
    ['a part of the lab imports the whole', 'lab/cluster/log.ts', `import type { Lab } from '../lab.ts';`, 'lab/lab.ts'],
    ['the ring imports a module of Node', 'src/net/hash.ts', `import { createHash } from 'node:crypto';`, 'node:crypto'],
    [
      'the ring imports a package with input and output',
      'src/api/core.ts',
      `import k from '@kubernetes/client-node';`,
      '@kubernetes/client-node',
    ],
    ['the ring imports more than types of it', 'src/api/schema.ts', `import { Check } from 'typebox/schema';`, 'typebox/schema'],
    ['the ring re-exports an edge', 'src/render/objects.ts', `export { x } from '../agent/run.ts';`, 'src/agent/run.ts'],
    ['an import over several lines', 'src/plan/plan.ts', `import {\n  a,\n  b,\n} from '../manager/gather.ts';`, 'src/manager/gather.ts'],
    ["what the agent decides imports the agent's edge", 'src/agent/step.ts', `import { x } from './agent.ts';`, 'src/agent/agent.ts'],
    ['what the agent decides imports a module of Node', 'src/agent/state.ts', `import { x } from 'node:fs';`, 'node:fs'],
    ['what the agent decides reads the clock', 'src/agent/ending/ending.ts', 'const now = performance.now();', 'performance.now'],
    ['the ring reads the clock', 'src/plan/plan.ts', 'const now = Date.now();', 'Date.now'],
  ])('%s: the edge is named', (_, file, text, to) => {
    expect(edgesOf(file, text).map((edge) => edge.to)).toEqual([to]);
  });
});
