import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../template-error.ts';
import { type Type, typeOf } from './type.ts';
import { compareText, fieldOf, isNil, isTrue, type Value } from './value.ts';

const value = (notation: string, raw?: unknown): Value => ({ type: typeOf(notation) satisfies Type, raw });

describe('truth', () => {
  it.each<[string, unknown, boolean]>([
    ['bool', false, false],
    ['bool', undefined, false],
    ['int32', 0, false],
    ['int32', -1, true],
    ['string', '', false],
    ['string', 'false', true],
    ['[]string', [], false],
    ['[]string', [''], true],
    ['map[string]string', {}, false],
    ['map[string]string', { a: '' }, true],
    ['*bool', undefined, false],
    ['*bool', false, true],
    ['Service', undefined, true],
    ['Time', undefined, true],
  ])('of %s %j is %s', (notation, raw, truth) => {
    expect(isTrue(value(notation, raw))).toBe(truth);
  });
});

describe('what the JSON leaves out', () => {
  it.each(['*string', '[]string', 'map[string]string'])('is nil for %s', (notation) => {
    expect([isNil(value(notation)), isNil(value(notation, null))]).toEqual([true, true]);
  });

  it.each(['string', 'int', 'bool', 'ServiceSpec'])('is no nil for %s', (notation) => {
    expect(isNil(value(notation))).toBe(false);
  });

  it('is the zero value of each field on the way', () => {
    expect(fieldOf(fieldOf(value('Service'), 'Spec'), 'ExternalIPs')).toEqual(value('[]string'));
  });
});

describe('a field of an object', () => {
  const service = value('Service', { metadata: { name: 'web', annotations: { a: 'b' } }, spec: { externalIPs: ['192.0.2.1'] } });

  it('is reached by its own name, by promotion and by its Get method', () => {
    const metadata = fieldOf(service, 'ObjectMeta');
    expect(
      [fieldOf(service, 'Name'), fieldOf(service, 'GetName'), fieldOf(metadata, 'Name'), fieldOf(metadata, 'GetName')].map(
        ({ raw }) => raw,
      ),
    ).toEqual(['web', 'web', 'web', 'web']);
  });

  it.each(['GetSpec', 'GetObjectMeta', 'GetNope', 'name', 'metadata'])('is none by %s', (name) => {
    expect(() => fieldOf(service, name)).toThrow(Refusal);
  });
});

describe('the order of texts', () => {
  it('is that of their bytes in UTF-8', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\uffff', '\u{10000}', '𝄞', 'ｚ'), maxLength: 5 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareText(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
  });
});
