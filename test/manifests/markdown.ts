/** Markdown as people read it on GitHub: its code blocks, its headings' anchors and its links. */

export interface Block {
  /** Where it begins, as `docs/x.md:12`. */
  readonly place: string;
  /** The words after the fence, as `yaml` or `yaml fragment`. */
  readonly info: string;
  readonly text: string;
}

export interface Link {
  readonly place: string;
  readonly target: string;
}

/** The fenced code blocks of a page, those in lists too. */
export function blocks(file: string, text: string): Block[] {
  const found: Block[] = [];
  let open: { line: number; indent: string; info: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (fence !== null && open === undefined) open = { line: index + 1, indent: fence[1] ?? '', info: (fence[2] ?? '').trim(), lines: [] };
    else if (fence !== null && open !== undefined) {
      found.push({ place: `${file}:${open.line}`, info: open.info, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else open?.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the code block has no end`);
  return found;
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(text: string): ReadonlySet<string> {
  const all = new Set<string>();
  for (const [, title = ''] of withoutCode(text).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const slug = slugOf(title);
    let anchor = slug;
    for (let count = 1; all.has(anchor); count++) anchor = `${slug}-${count}`;
    all.add(anchor);
  }
  return all;
}

/** Links and pictures of a page. */
export function links(file: string, text: string): Link[] {
  return withoutCode(text)
    .split('\n')
    .flatMap((line, index) =>
      [...line.replace(/`[^`]*`/g, '``').matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, target = '']) => ({
        place: `${file}:${index + 1}`,
        target,
      })),
    );
}

// --- internal ---

/** The page with the lines of code blocks empty, so that line numbers stay. */
function withoutCode(text: string): string {
  let inside = false;
  return text
    .split('\n')
    .map((line) => {
      const isFence = /^\s*```/.test(line);
      if (isFence) inside = !inside;
      return inside || isFence ? '' : line;
    })
    .join('\n');
}

const slugOf = (title: string): string =>
  title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
