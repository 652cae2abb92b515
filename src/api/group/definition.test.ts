import { describe, expect, it } from 'vitest';
import type { Schema } from '../schema.ts';
import { GROUP_DEFINITION } from './definition.ts';
import { GROUP_SPEC } from './spec-schema.ts';

/** Every schema in the definition, by its path. */
function* schemasIn(schema: Schema, path: string): Generator<readonly [string, Schema]> {
  yield [path, schema];
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* schemasIn(inner, `${path}.${name}`);
  if (schema.items) yield* schemasIn(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* schemasIn(schema.additionalProperties, `${path}{}`);
}

const root = GROUP_DEFINITION.spec.versions[0].schema.openAPIV3Schema;
const all = [...schemasIn(root, '')];

describe('the definition of KeepalivedGroup', () => {
  it('has every field of the Go operator, none of them required', () => {
    expect(Object.keys(GROUP_SPEC.properties ?? {})).toEqual(
      expect.arrayContaining([
        ...['image', 'interface', 'interfaceFromIP', 'nodeSelector', 'passwordAuth', 'verbatimConfig', 'blacklistRouterIDs'],
        ...['unicastEnabled', 'daemonsetPodPriorityClassName', 'daemonsetPodAnnotations'],
      ]),
    );
    expect(all.filter(([path, { required }]) => path.startsWith('.spec') && required !== undefined)).toEqual([]);
  });

  it('puts no limit on a field of old that could keep an existing object from being written', () => {
    const old = ['interface', 'interfaceFromIP', 'nodeSelector', 'verbatimConfig', 'blacklistRouterIDs', 'passwordAuth'];
    for (const name of old) {
      const schema = GROUP_SPEC.properties?.[name] ?? {};
      for (const [, { maxLength, pattern, format, minimum, maximum }] of schemasIn(schema, name))
        expect([maxLength, pattern, format, minimum, maximum].filter((limit) => limit !== undefined)).toEqual([]);
    }
  });

  it('says of every field what it means', () => {
    const silent = all.filter(([path, { description }]) => /^\.(spec|status)/.test(path) && !/[\]}]$/.test(path) && !description);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('is structural: every schema has a type, or is an integer or a text', () => {
    for (const [path, schema] of all) expect(`${path} ${schema.type ?? schema['x-kubernetes-int-or-string']}`).not.toMatch(/undefined$/);
  });
});
