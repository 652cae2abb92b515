/** The pages of documentation as HTML that a browser opens from disk, in the look that they have on GitHub. */
import { globSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { html } from './markdown.ts';

export const OUTPUT = 'dist/docs';
export const STYLE = join(OUTPUT, 'github-markdown.css');
export const PAGES: readonly string[] = [...globSync('*.md'), 'bench/RESULTS.md', ...globSync('{docs,charts,test}/**/*.md')].sort();

export const htmlFile = (page: string): string => join(OUTPUT, page.replace(/\.md$/, '.html'));

/** The whole HTML file of a page. */
export function pageHtml(page: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page}</title>
<link rel="stylesheet" href="${relative(dirname(htmlFile(page)), STYLE)}">
<style>body { margin: 0 } article { box-sizing: border-box; max-width: 1012px; min-height: 100vh; margin: auto; padding: 32px }</style>
<article class="markdown-body">
${html(text, (target) => follow(page, target))}</article>
`;
}

// --- internal ---

/** Where a link of the page leads from its HTML file: to the HTML of another page, else to the file in the checkout. */
function follow(page: string, target: string): string {
  const [path = '', anchor] = target.split('#');
  if (path === '' || URL.canParse(target)) return target;
  const file = normalize(join(dirname(page), path));
  const address = relative(dirname(htmlFile(page)), file.endsWith('.md') ? htmlFile(file) : file);
  return anchor === undefined ? address : `${address}#${anchor}`;
}
