import { dirname } from 'node:path';

/** Lines of a file, and files of a folder: past these nobody sees at a glance what is there. Tests don't count. */
export const MOST_LINES = 200;
export const MOST_FILES = 14;

/** What is too long or too full, one sentence each, of the texts of files by path. */
export function outgrown(files: ReadonlyMap<string, string>): string[] {
  const sources = [...files].filter(([path]) => !path.endsWith('.test.ts'));
  const long = sources.flatMap(([path, text]) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > MOST_LINES ? [`${path} has ${lines} lines, of ${MOST_LINES} at most: split it by what its parts are about`] : [];
  });
  const folders = Map.groupBy(sources, ([path]) => dirname(path));
  const full = [...folders].flatMap(([folder, { length }]) =>
    length > MOST_FILES ? [`${folder} has ${length} files, of ${MOST_FILES} at most: give what belongs together a folder of its own`] : [],
  );
  return [...long, ...full];
}
