/** Writes every page of the documentation to dist/docs as people read it on GitHub. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { htmlFile, OUTPUT, PAGES, pageHtml, STYLE } from './pages/page.ts';

mkdirSync(OUTPUT, { recursive: true });
copyFileSync('node_modules/github-markdown-css/github-markdown.css', STYLE);
for (const page of PAGES) {
  mkdirSync(dirname(htmlFile(page)), { recursive: true });
  writeFileSync(htmlFile(page), pageHtml(page, readFileSync(page, 'utf8')));
}
console.log(`${htmlFile('README.md')} and ${PAGES.length - 1} more`);
