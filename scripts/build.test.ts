import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('a build replaces the programs, and nothing else in its folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'build-test-'));
  try {
    for (const name of ['agent.mjs', 'image.tar']) writeFileSync(join(folder, name), 'old');
    execFileSync(process.execPath, ['scripts/build.ts', '--outdir', folder]);
    expect(readdirSync(folder).sort()).toEqual(['agent.mjs', 'image.tar', 'kubectl-keepalived.mjs', 'manager.mjs']);
    // The page of the dashboard is in the plugin, and nothing is left that would bundle it.
    const plugin = readFileSync(join(folder, 'kubectl-keepalived.mjs'), 'utf8');
    expect([plugin.includes('"/page.css"'), plugin.includes('import("esbuild")')]).toEqual([true, false]);
    expect(execFileSync(process.execPath, [join(folder, 'agent.mjs'), '--help'], { encoding: 'utf8' })).toMatch(/^agent setup/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
