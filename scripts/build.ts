/** Bundles each program of src/main that exists into one file in dist/ or the folder of `--outdir`, whose other files stay, and prints the sizes. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const PROGRAMS = ['manager', 'agent', 'kubectl-keepalived'];
/** Dependencies in CommonJS call `require` for modules of Node; a bundle in ESM has none of its own. */
const BANNER = `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const { outdir } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } }).values;
const present = PROGRAMS.filter((name) => existsSync(`src/main/${name}.ts`));
for (const name of PROGRAMS) rmSync(`${outdir}/${name}.mjs`, { force: true });

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
  metafile: true,
  logLevel: 'warning',
});

for (const [file, { bytes, inputs }] of Object.entries(metafile.outputs)) {
  chmodSync(file, 0o755);
  console.log(`${file.padEnd(30)} ${String(Math.round(bytes / 1000)).padStart(6)} kB from ${Object.keys(inputs).length} files`);
}
for (const name of PROGRAMS) if (!present.includes(name)) console.log(`${name}: no src/main/${name}.ts to build`);
