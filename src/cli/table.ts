/** Columns as kubectl prints them: as wide as their widest cell, three blanks apart, nothing behind the last. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3)).join(''));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
