/** An event of this size is no event but a fault; the largest object that etcd stores is 1.5 MiB, the largest seen here 10 MiB. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Cuts a stream of bytes into JSON values, one a line, however the chunks fall.
 * What follows the last newline is dropped: a cut connection leaves half a line.
 * @throws SyntaxError for a line that isn't JSON, RangeError for one longer than 64 MiB.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let rest: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
      rest = [];
      size = 0;
      start = end + 1;
      if (line.trim() !== '') yield JSON.parse(line);
    }
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > LONGEST_LINE) throw new RangeError(`a line of the stream is longer than ${LONGEST_LINE} bytes`);
  }
}

// --- internal ---

const NEWLINE = 0x0a;
