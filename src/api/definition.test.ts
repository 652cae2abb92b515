import { describe, expect, it } from 'vitest';
import { GROUP_DEFINITION } from './group/definition.ts';
import { POOL_DEFINITION } from './pool/definition.ts';
import type { Schema } from './schema.ts';
import { VIRTUAL_IP_DEFINITION } from './virtual-ip/definition.ts';

/** Words of CEL that a field of `self` needs in underscores; Kubernetes before 1.33 takes no other spelling. */
const RESERVED =
  /\.(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)\b/;

const KEYWORDS = [
  ...['type', 'description', 'default', 'format', 'enum', 'required', 'properties', 'additionalProperties', 'items', 'anyOf'],
  ...['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'multipleOf', 'minItems', 'maxItems'],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-map-type', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
  'x-kubernetes-validations',
];

/** All keywords of a schema and of those in it. */
function keywordsIn(schema: Schema): string[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema;
  const inner = [...Object.values(properties), additionalProperties, items, ...anyOf].filter((one) => one !== undefined);
  return [...Object.keys(schema), ...inner.flatMap(keywordsIn)];
}

/** All rules below a node of a schema. */
function rulesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'rule' in node && typeof node.rule === 'string' ? [node.rule] : [];
  return [...own, ...Object.values(node).flatMap(rulesIn)];
}

describe.each([
  ['KeepalivedGroup', GROUP_DEFINITION],
  ['AddressPool', POOL_DEFINITION],
  ['VirtualIP', VIRTUAL_IP_DEFINITION],
])('the definition of %s', (_, definition) => {
  it('has rules that the oldest Kubernetes that is supported compiles', () => {
    expect(rulesIn(definition).length).toBeGreaterThan(0);
    expect(rulesIn(definition).filter((rule) => RESERVED.test(rule))).toEqual([]);
  });

  it('has no keyword that a structural schema does not know, which the compiler lets pass', () => {
    const used = definition.spec.versions.flatMap(({ schema }) => keywordsIn(schema.openAPIV3Schema));
    expect([...new Set(used)].filter((keyword) => !KEYWORDS.includes(keyword))).toEqual([]);
  });
});
