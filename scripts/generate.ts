/**
 * Writes every file that is made from code (`npm run gen`); with `--check` only says which are stale, with exit status 1.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { GROUP_DEFINITION } from '../src/api/group-definition.ts';
import { roles } from '../src/manager/rbac.ts';
import { annotationPage, groupPage } from './field-reference.ts';

/** A file and the text that belongs in it. */
export interface Generated {
  readonly file: string;
  readonly text: () => string;
}

export const GENERATED: readonly Generated[] = [
  { file: 'config/crd/keepalivedgroups.yaml', text: () => yamlDocuments('src/api/group-definition.ts', [GROUP_DEFINITION]) },
  { file: 'docs/reference/keepalivedgroup.md', text: groupPage },
  { file: 'docs/reference/annotations.md', text: annotationPage },
  { file: 'config/rbac/role.yaml', text: () => yamlDocuments('src/manager/rbac.ts', roles()) },
];

/** Names of the files whose text on disk isn't what the code makes. */
export function staleFiles(generated: readonly Generated[] = GENERATED): string[] {
  return generated.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text()).map(({ file }) => file);
}

// --- internal ---

function yamlDocuments(source: string, objects: readonly unknown[]): string {
  const documents = objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
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
