import { isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';

/**
 * A Markdown table of a values.yaml: a row for each value that has a comment above it. A map without a comment is a section, whose
 * values have rows of their own.
 */
export function valuesTable(text: string): string {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  const rows = rowsOf(contents, '');
  const undocumented = rows.filter(({ comment }) => comment === '').map(({ key }) => key);
  if (undocumented.length > 0) throw new Error(`values without a comment above them: ${undocumented.join(', ')}`);
  const lines = rows.map(({ key, value, comment }) => `| \`${key}\` | \`${value}\` | ${comment.replaceAll('|', '\\|')} |`);
  return ['', '| value | default | meaning |', '|---|---|---|', ...lines, '', ''].join('\n');
}

// --- internal ---

interface Row {
  readonly key: string;
  readonly value: string;
  readonly comment: string;
}

function rowsOf(map: YAMLMap, prefix: string): Row[] {
  return map.items.flatMap((pair, index) => {
    const comment = commentOf(map, pair, index);
    const key = `${prefix}${isScalar(pair.key) ? pair.key.value : pair.key}`;
    if (comment === '' && isMap(pair.value) && pair.value.items.length > 0) return rowsOf(pair.value, `${key}.`);
    return [{ key, value: inOneLine((pair.value as { toJSON(): unknown } | null)?.toJSON() ?? null), comment }];
  });
}

/** As YAML, whose blanks let a browser break a long one. */
const inOneLine = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

/** The comment above a key; that of a map's first key hangs on the map. */
function commentOf(map: YAMLMap, { key }: Pair, index: number): string {
  const own = isScalar(key) ? key.commentBefore : undefined;
  const text = own ?? (index === 0 ? map.commentBefore : undefined) ?? '';
  const paragraph = text.split(/\n\s*\n/).at(-1) ?? '';
  return paragraph.replace(/\s*\n\s*/g, ' ').trim();
}
