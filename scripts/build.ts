/** Bundles each program of src/main that exists, or the one that `--only` names, into one file in dist/ or the folder of `--outdir`, whose other files stay, and prints the sizes. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { bundlePage } from '../src/cli/dashboard/server/bundle-page.ts';

const PROGRAMS = ['manager', 'agent', 'kubectl-keepalived'];
/** Dependencies in CommonJS call `require` for modules of Node; a bundle in ESM has none of its own. */
const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/** In the place of the module that makes the dashboard's page, the page as it is made now. */
const PAGE: Plugin = {
  name: 'page',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/dashboard\/server\/assets\.ts$/ }, async () => ({
      contents: `const made = ${JSON.stringify(await bundlePage('src/cli/dashboard/page'))};\nexport const pageAssets = async () => made;`,
      loader: 'js',
    })),
};

const { outdir, only } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' }, only: { type: 'string' } } }).values;
const wanted = PROGRAMS.filter((name) => only === undefined || name === only);
const present = wanted.filter((name) => existsSync(`src/main/${name}.ts`));
for (const name of wanted) rmSync(`${outdir}/${name}.mjs`, { force: true });

const { metafile } = await build({
  entryPoints: present.map((name) => `src/main/${name}.ts`),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  banner: { js: BANNER },
  // Names stay as written: stack traces in a user's log must lead to the source.
  minifySyntax: true,
  legalComments: 'none',
  plugins: [PAGE],
  metafile: true,
  logLevel: 'warning',
});

for (const [file, { bytes, inputs }] of Object.entries(metafile.outputs)) {
  chmodSync(file, 0o755);
  console.log(`${file.padEnd(30)} ${String(Math.round(bytes / 1000)).padStart(6)} kB from ${Object.keys(inputs).length} files`);
}
for (const name of wanted) if (!present.includes(name)) console.log(`${name}: no src/main/${name}.ts to build`);
