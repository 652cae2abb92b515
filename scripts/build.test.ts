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
    expect(execFileSync(join(folder, 'agent.mjs'), ['--help'], { encoding: 'utf8' })).toMatch(/^agent setup/);
    // Without a limit of its memory V8 lets the heap of a manager grow to several times of what is in it.
    const [command = '', ...settings] = readFileSync(join(folder, 'manager.mjs'), 'utf8').split('\n', 1).join('').split(' ');
    expect([command, ...settings]).toEqual(['#!/usr/bin/env', '-S', 'node', '--max-semi-space-size=2', '--heap-growing-percent=30']);
    expect(execFileSync(join(folder, 'manager.mjs'), ['--help'], { encoding: 'utf8' })).toContain('--leader-elect');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
