/** The scenarios' folders: `input.yaml`, whose first line says in a sentence what it is about, and what becomes of it. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './outcome.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const INPUT = 'input.yaml';

export interface Folder {
  readonly name: string;
  readonly title: string;
  readonly input: string;
}

export const FOLDERS: readonly Folder[] = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const input = readFileSync(`${ROOT}/${name}/${INPUT}`, 'utf8');
    return { name, input, title: /^# (.*)/.exec(input)?.[1] ?? name };
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** What is in the folder besides the input. */
export function readOutcome({ name }: Folder): Outcome {
  const files = readdirSync(`${ROOT}/${name}`).filter((file) => file !== INPUT);
  return new Map(files.sort().map((file) => [file, readFileSync(`${ROOT}/${name}/${file}`, 'utf8')]));
}

/** Makes the folder hold this outcome and nothing else but the input. */
export function writeOutcome(folder: Folder, outcome: Outcome): void {
  for (const file of readOutcome(folder).keys()) if (!outcome.has(file)) rmSync(`${ROOT}/${folder.name}/${file}`);
  for (const [file, text] of outcome) writeFileSync(`${ROOT}/${folder.name}/${file}`, text);
}
