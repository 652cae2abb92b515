import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publication } from './page.ts';
import { type Results, rawFile } from './results.ts';

/** Writes the page and its plots. The error says where every sample is. */
export function publish(folder: string, results: Results): void {
  try {
    mkdirSync(join(folder, 'results'), { recursive: true });
    for (const [file, text] of publication(results)) writeFileSync(join(folder, file), text);
  } catch (error) {
    throw new Error(`The page could not be made; every sample is in ${rawFile(folder)}, and \`--page\` tries again: ${String(error)}`, {
      cause: error,
    });
  }
}
