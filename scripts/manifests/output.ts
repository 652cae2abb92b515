/** What scripts write for publishing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file, and the folders that it is in. */
export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** An image by digest. Ends the process, with what was needed, when it is none. */
export function pinned(need: string, image: string | undefined, repository: string): string {
  if (image !== undefined && /@sha256:[0-9a-f]{64}$/.test(image)) return image;
  console.error(`${need} by digest, as in ${repository}@sha256:...; ${image ? `got ${image}` : 'none was given'}.`);
  process.exit(2);
}
