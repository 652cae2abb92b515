/** Markdown as GitHub reads it: CommonMark with tables and bare addresses, and an anchor for each heading. */
import GithubSlugger from 'github-slugger';
import markdownIt, { type Token } from 'markdown-it';

export interface Block {
  /** Where it begins, as `docs/x.md:12`. */
  readonly place: string;
  /** The words after the fence, as `yaml` or `yaml fragment`. */
  readonly info: string;
  readonly text: string;
}

export interface Table {
  readonly place: string;
  /** How many cells each row was written with; the second is the line of dashes. */
  readonly cells: readonly number[];
}

/** The page as HTML, with the targets of links and pictures that `follow` gives. */
export function html(text: string, follow: (target: string) => string): string {
  const tokens = parsed(text);
  for (const token of everything(tokens)) {
    const name = token.type === 'image' ? 'src' : 'href';
    const target = token.attrGet(name);
    if (target !== null) token.attrSet(name, follow(String(target)));
  }
  return GITHUB.renderer.render(tokens, GITHUB.options, {});
}

/** The fenced code blocks of a page, those in lists too. */
export function blocks(file: string, text: string): Block[] {
  const lines = text.split('\n');
  return parsed(text).flatMap(({ type, map, info, content, markup }) => {
    if (type !== 'fence' || map === null) return [];
    const place = `${file}:${map[0] + 1}`;
    if (lines[map[1] - 1]?.trim() !== markup) throw new Error(`${place}: the code block has no end`);
    return [{ place, info: info.trim(), text: content }];
  });
}

/** The anchors of a page's headings. */
export const anchors = (text: string): ReadonlySet<string> =>
  new Set(parsed(text).flatMap((token) => (token.type === 'heading_open' ? String(token.attrGet('id')) : [])));

/** The tables of a page as they were written: shown, a row without its last cells is filled up, and cells too many are dropped. */
export function tables(file: string, text: string): Table[] {
  const lines = text.split('\n');
  return parsed(text).flatMap(({ type, map }) =>
    type === 'table_open' && map !== null ? [{ place: `${file}:${map[0] + 1}`, cells: lines.slice(...map).map(cellsIn) }] : [],
  );
}

/** What of a page is HTML, comments aside: GitHub drops or changes it, a `<NAME>` among it. */
export const markup = (text: string): string[] =>
  everything(parsed(text)).flatMap(({ type, content }) =>
    type.startsWith('html_') ? content.replace(/<!--.*?-->/gs, '').trim() || [] : [],
  );

// --- internal ---

const GITHUB = markdownIt({ html: true, linkify: true });
GITHUB.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

function parsed(text: string): Token[] {
  const slugger = new GithubSlugger();
  const tokens = GITHUB.parse(text, {});
  for (const [index, token] of tokens.entries())
    if (token.type === 'heading_open') token.attrSet('id', slugger.slug(shown(tokens[index + 1])));
  return tokens;
}

const everything = (tokens: readonly Token[]): Token[] => tokens.flatMap((token) => [token, ...(token.children ?? [])]);

const shown = (inline: Token | undefined): string => (inline?.children ?? []).map(({ content }) => content).join('');

const cellsIn = (row: string): number =>
  row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/).length;
