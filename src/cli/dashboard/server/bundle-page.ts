import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assets } from './assets.ts';

/** Makes the page's files from its sources. @param folder - of the page */
export async function bundlePage(folder: string): Promise<Assets> {
  const { build } = await import('esbuild');
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const made = await build({
    entryPoints: [join(folder, 'page.tsx'), join(folder, 'page.css')],
    outdir: folder,
    bundle: true,
    write: false,
    minify: true,
    target: ['es2024', 'chrome120', 'firefox121', 'safari17'],
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const output = (end: string): string => made.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return {
    '/': { type: 'text/html', text: await text('page.html') },
    '/page.js': { type: 'text/javascript', text: output('.js') },
    '/page.css': { type: 'text/css', text: output('.css') },
    '/icon.svg': { type: 'image/svg+xml', text: await text('icon.svg') },
  };
}
