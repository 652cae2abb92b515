import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { BundleFile } from './gather.ts';

/** A tar.gz with the files in a folder of that name. */
export async function archiveOf(folder: string, files: readonly BundleFile[], mtime: Date): Promise<Buffer> {
  const tar = pack();
  for (const { name, text } of files) tar.entry({ name: `${folder}/${name}`, mtime, mode: 0o600 }, text);
  tar.finalize();
  return promisify(gzip)(await buffer(tar));
}
