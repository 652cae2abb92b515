import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines } from './json-lines.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
async function valuesOf(chunks: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(chunks)) values.push(value);
  return values;
}
const read = (text: string, sizes: readonly number[] = []): Promise<unknown[]> => valuesOf(chunked(Buffer.from(text), sizes));

describe('a stream of JSON lines', () => {
  it('gives the same values however its bytes are cut, also inside a character', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.integer({ min: 0, max: 7 })), async (values, sizes) => {
        const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
        expect(await read(text, sizes)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 200 },
    );
    expect(await read('{"a":"ü€😀"}\n', [7, 1, 1, 1, 1])).toEqual([{ a: 'ü€😀' }]);
  });

  it.each([
    ['an empty stream', '', []],
    ['blank lines between values', '\n1\n\n  \n2\n', [1, 2]],
    ['half a line at the end, which a cut connection leaves', '1\n{"type":"ADD', [1]],
    ['a whole value without its newline, which may be half of a longer one', '1\n12', [1]],
  ])('reads %s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it('gives what came before a line that is not JSON, then fails', async () => {
    const seen: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const value of jsonLines(chunked(Buffer.from('1\n{"a":\n2\n'), []))) seen.push(value);
    };
    await expect(reading()).rejects.toThrow(SyntaxError);
    expect(seen).toEqual([1]);
  });

  it('takes an event of 10 MiB and gives up on a line without end', async () => {
    const large = 'x'.repeat(10 * 1024 * 1024);
    expect(await read(`"${large}"\n`, [1000])).toEqual([large]);
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(8 * 1024 * 1024).fill(0x20);
    };
    await expect(valuesOf(endless())).rejects.toThrow(RangeError);
  });
});
