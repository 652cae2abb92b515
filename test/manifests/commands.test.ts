import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blocks } from '../../scripts/pages/markdown.ts';
import { PAGES } from '../../scripts/pages/page.ts';

const targets = new Set([...readFileSync('Makefile', 'utf8').matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name));
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> };

describe.each(PAGES)('%s', (page) => {
  const commands = commandsOf(page, readFileSync(page, 'utf8'));

  it('names commands of this repository that there are', () => expect(commands.flatMap(whyNone)).toEqual([]));
});

describe('the commands of a page', () => {
  const text = '`UPDATE=1 make unit` and `sudo ./bin/lab up`\n\n```\n$ make a b   # it is so\nnode x.ts | tail\nprose about make\n```\n';

  it('are those of its blocks and of its text', () =>
    expect(commandsOf('x.md', text)).toEqual(['make a b', 'node x.ts', 'tail', 'prose about make', 'make unit', './bin/lab up']));

  it.each([
    ['node scripts/test.ts', ['node scripts/test.ts: this may be any Node; write scripts/node, or a make target']],
    ['npx vitest', ['npx vitest: this may be any Node; write scripts/node, or a make target']],
    ['make no-such-target', ['make no-such-target: the Makefile has no such target']],
    ['make -C /x check', []],
    ['npm run none', ['npm run none: package.json has no such script']],
    ['scripts/node none.ts', ['scripts/node none.ts: there is no none.ts']],
    ['bin/none --help', ['bin/none --help: there is no bin/none to start']],
    ['make', []],
    ['kubectl get nodes', []],
  ])('%s: %j', (command, why) => expect(whyNone(command)).toEqual(why));
});

describe('package.json and the Makefile', () => {
  it.each(Object.entries(manifest.scripts))('npm run %s starts the locked Node', (_, script) => expect(script).toMatch(/^scripts\/node /));

  it('the Makefile starts no other Node and no link of npm', () => {
    const lines = readFileSync('Makefile', 'utf8').split('\n');
    expect(lines.filter((line) => /^\t/.test(line) && /(?:^|[\s@&;(])(?:node|npx|npm|tsc|vitest|biome) /.test(line))).toEqual([]);
  });
});

// --- internal ---

/** What a page tells people to type: lines of its blocks that are no YAML, and code in its text. */
function commandsOf(page: string, text: string): string[] {
  const lines = blocks(page, text).flatMap(({ info, text: block }) => (info.startsWith('yaml') ? [] : block.split('\n')));
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...lines, ...inline].flatMap((line) =>
    line
      .replace(/ +# .*$/, '')
      .split(/ (?:\||&&|&) |;/)
      .map((part) => part.replace(/^\s*(?:\$ )?(?:sudo )?(?:[A-Z_]+=\S+ )*/, '').trim())
      .filter((part) => part !== ''),
  );
}

/** Why a command can't be typed on a fresh checkout; what is no command of this repository is no concern here. */
function whyNone(command: string): string[] {
  const [program = '', ...words] = command.split(/\s+/);
  const why = reason(program, words);
  return why === undefined ? [] : [`${command}: ${why}`];
}

function reason(program: string, words: readonly string[]): string | undefined {
  if (['node', 'npx', 'tsc', 'vitest', 'biome'].includes(program) && words.length > 0)
    return 'this may be any Node; write scripts/node, or a make target';
  if (program === 'make') return targetsOf(words).every((word) => targets.has(word)) ? undefined : 'the Makefile has no such target';
  if (program === 'npm' && words[0] === 'run') return (words[1] ?? '') in manifest.scripts ? undefined : 'package.json has no such script';
  if (program === 'scripts/node' && words[0] !== undefined && !existsSync(words[0])) return `there is no ${words[0]}`;
  if (/^(?:\.\/)?(?:bin|scripts)\/[\w-]+$/.test(program) && !isProgram(program)) return `there is no ${program} to start`;
  return undefined;
}

const targetsOf = (words: readonly string[]): string[] =>
  words
    .join(' ')
    .replace(/-C \S+/, '')
    .split(' ')
    .filter((word) => /^[a-z][a-z0-9-]*$/.test(word));

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
