import { describe, expect, it } from 'vitest';
import { isRecord } from './record.ts';

describe('a value from outside', () => {
  it.each([[{}], [{ a: 1 }], [Object.create(null)]])('has named fields: %j', (value) => expect(isRecord(value)).toBe(true));
  it.each([[null], [undefined], [[]], [[{}]], ['{}'], [0], [true]])('has none: %j', (value) => expect(isRecord(value)).toBe(false));
});
