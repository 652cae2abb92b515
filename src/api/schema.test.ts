import { describe, expect, expectTypeOf, it } from 'vitest';
import { fields, serverOnly, text, texts, typeOnly, type Value, whole } from './schema.ts';

const SCHEMA = fields(
  'An object.',
  {
    name: text('Its name.', { maxLength: 63 }),
    size: whole('Its size.', 1, 9),
    mode: text('How.', { enum: ['Fast', 'Slow'] }),
    policy: text('As users write it.', serverOnly({ enum: ['Always', 'Never'] })),
    labels: texts('Words.'),
    parts: { type: 'array', items: fields('A part.', { id: text('Which.') }, { required: ['id'] }), description: 'Parts.' },
    counts: fields('Counts.', { used: whole('Some.', 0, 9) }, typeOnly({ required: ['used'] })),
    amount: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
  },
  { required: ['name'] },
);

describe('a schema', () => {
  it('is a type, which the compiler checks here', () => {
    expectTypeOf<Value<typeof SCHEMA>>().toEqualTypeOf<{
      readonly name: string;
      readonly size?: number;
      readonly mode?: 'Fast' | 'Slow';
      readonly policy?: string;
      readonly labels?: { readonly [name: string]: string };
      readonly parts?: readonly { readonly id: string }[];
      readonly counts?: { readonly used: number };
      readonly amount?: number | string;
    }>();
  });

  it('has for the API server what it alone asks for, and nothing of what only the type says', () => {
    const { policy, counts } = SCHEMA.properties;
    expect(policy).toEqual({ type: 'string', description: 'As users write it.', enum: ['Always', 'Never'] });
    expect(counts).not.toHaveProperty('required');
  });

  it('is written in the order in which its words stand', () => {
    expect(Object.keys(SCHEMA)).toEqual(['type', 'description', 'required', 'properties']);
    expect(Object.keys(SCHEMA.properties.size)).toEqual(['type', 'description', 'minimum', 'maximum']);
  });
});
