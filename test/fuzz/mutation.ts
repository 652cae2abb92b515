/** Texts that are nearly right: samples with pieces left out, doubled, exchanged and put in. */
import fc from 'fast-check';

/** Any text, or one of the samples after a few edits; `pieces` are what the parser's grammar is made of. */
export const nearly = (samples: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join('')),
    fc.tuple(fc.constantFrom(...samples), fc.array(edit(pieces), { maxLength: 6 })).map(([sample, edits]) => edits.reduce(edited, sample)),
  );

// --- internal ---

interface Edit {
  readonly kind: 'remove' | 'double' | 'insert' | 'cut' | 'repeat';
  /** Between 0 and 1. */
  readonly at: number;
  readonly length: number;
  readonly piece: string;
}

const edit = (pieces: readonly string[]): fc.Arbitrary<Edit> =>
  fc.record({
    kind: fc.constantFrom('remove', 'double', 'insert', 'cut', 'repeat'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(20),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })),
  });

function edited(text: string, { kind, at, length, piece }: Edit): string {
  const start = Math.floor(at * text.length);
  const [before, part, after] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
  switch (kind) {
    case 'remove':
      return before + after;
    case 'double':
      return before + part + part + after;
    case 'insert':
      return before + piece + part + after;
    case 'cut':
      return before;
    case 'repeat':
      return before + piece.repeat(length * 20) + part + after;
  }
}
