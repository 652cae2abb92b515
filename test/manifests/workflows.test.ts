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

  it('uses actions by the commit, with the version beside it, since a tag can be moved', () => {
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => /\buses:/.test(line) && !/ uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('takes nothing out of a cache, which another job may have filled', () => expect(readFileSync(file, 'utf8')).not.toMatch(/cache/i));

  it('signs everything that it publishes, by digest', () => {
    const published = commands.flatMap((command) => [...command.matchAll(/make publish-(\w+)/g)].map(([, what]) => what));
    const signed = commands.flatMap((command) =>
      [...command.matchAll(/cosign sign --yes "[^"]*@\$\(cat dist\/(\w+)\.digest\)"/g)].map(([, what]) => what),
    );
    expect(signed.sort()).toEqual(published.sort());
  });
});

// --- internal ---

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
