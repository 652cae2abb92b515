import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const targets = new Set([...readFileSync('Makefile', 'utf8').matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name));

describe.each(globSync('.github/workflows/*.yaml').sort())('%s', (file) => {
  const { jobs } = parse(readFileSync(file, 'utf8')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly needs?: string }>>;
  };
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));

  it('calls make targets that there are', () => {
    const called = commands.flatMap((command) => [...command.matchAll(/^\s*make (?:--\w+ )*([a-z-]+)/gm)].map(([, target]) => target));
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter((target) => !targets.has(target))).toEqual([]);
  });

  it('has jobs that need jobs that there are', () =>
    expect(
      Object.values(jobs)
        .flatMap(({ needs }) => needs ?? [])
        .filter((name) => !(name in jobs)),
    ).toEqual([]));
});

// --- internal ---

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
