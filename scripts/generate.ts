/**
 * Writes every file that is made from code (`npm run gen`); with `--check` only says which are stale, with exit status 1.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { roles } from '../src/manager/rbac.ts';

/** A file and the text that belongs in it. */
export interface Generated {
  readonly file: string;
  readonly text: () => string;
}

export const GENERATED: readonly Generated[] = [
  { file: 'config/rbac/role.yaml', text: () => yamlDocuments('src/manager/rbac.ts', roles()) },
];

/** Names of the files whose text on disk isn't what the code makes. */
export function staleFiles(generated: readonly Generated[] = GENERATED): string[] {
  return generated.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text()).map(({ file }) => file);
}

// --- internal ---

function yamlDocuments(source: string, objects: readonly unknown[]): string {
  const documents = objects.map((object) => stringify(object, { lineWidth: 0 }));
  return `# Made from ${source} by npm run gen.\n${documents.join('---\n')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const stale = staleFiles();
  const check = process.argv.includes('--check');
  for (const { file, text } of check ? [] : GENERATED.filter((one) => stale.includes(one.file))) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text());
  }
  for (const file of stale) console.log(check ? `stale: ${file} (npm run gen)` : `wrote ${file}`);
  process.exitCode = check && stale.length > 0 ? 1 : 0;
}
