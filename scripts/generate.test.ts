import { describe, expect, it } from 'vitest';
import { staleFiles } from './generate.ts';

describe('generated files', () => {
  it('are what the code makes', () => expect(staleFiles()).toEqual([]));
});
