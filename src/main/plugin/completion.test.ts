import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete } from '../../cli/completion/complete.ts';
import { SCRIPTS, SHELLS } from '../../cli/completion/scripts.ts';
import { pluginProgram } from './program.ts';

const program = pluginProgram();
const values = (...words: string[]): string[] => complete(program, words).candidates.map(({ value }) => value);
const verbs = program.commands.filter((command) => command.name() !== '__complete');

describe('what may come next', () => {
  it('are the verbs, each with what it does', () => {
    expect(values('')).toEqual([...verbs.map((verb) => verb.name()), 'help']);
    expect(complete(program, ['drai']).candidates).toEqual([{ value: 'drain', description: expect.stringContaining('moves') }]);
  });

  it.each(verbs.map((verb) => [verb.name(), verb] as const))('of %s are all options that its help names', (name, verb) => {
    const named = [...verb.helpInformation().matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, long = '']) => long);
    expect(values(name, '--').sort()).toEqual([...new Set(named)].sort());
  });

  it.each<[string, string[], string[]]>([
    ['the values of an option', ['status', '-o', ''], ['text', 'wide', 'json', 'yaml']],
    ['those that begin so', ['watch', '--output', 'j'], ['json']],
    ['those behind an equals sign', ['watch', '--output=j'], ['--output=json']],
    ['those that bash takes apart', ['watch', '--output', '=', 'j'], ['--output=json']],
    ['what a subject begins with', ['history', ''], ['node/', 'service/']],
    ['that behind an option with its value', ['history', '-n', 'shop', 's'], ['service/']],
    ['nothing behind the last argument', ['history', 'node/node1', ''], []],
    ['no option that is given', ['drain', '--at-once', '2', '--at'], []],
    ['an option that may be given again', ['plan', '-f', 'a.yaml', '--fi'], ['--filename']],
    ['nothing for a verb that there is not', ['nonsense', ''], []],
    ['the verbs behind help', ['help', 'und'], ['undrain']],
    ['the shells', ['completion', ''], [...SHELLS]],
    ['nothing that is hidden', ['__'], []],
  ])('are %s', (_, words, expected) => expect(values(...words)).toEqual(expected));

  it('are names of files where the value is one', () => {
    expect(complete(program, ['plan', '-f', '']).isFile).toBe(true);
    expect(complete(program, ['plan', '--node', '']).isFile).toBe(false);
  });
});

describe('in a real shell', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'completion-'));
    mkdirSync(join(folder, 'files'));
    writeFileSync(join(folder, 'files', 'group.yaml'), '');
    const plugin = `#!/bin/sh\nexec '${process.execPath}' '${resolve('src/main/kubectl-keepalived.ts')}' "$@"\n`;
    for (const [name, text] of [
      ['kubectl-keepalived', plugin],
      ['kubectl_complete-keepalived', SCRIPTS.kubectl],
    ] as const) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const sh = (command: readonly string[], input = '') => {
    const [program_ = '', ...args] = command;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    return spawnSync(program_, args, { encoding: 'utf8', input, cwd: join(folder, 'files'), env });
  };
  /** What bash would offer behind these words, which are split as bash splits them. */
  const offered = (...words: string[]): string[] => {
    const quoted = ['kubectl-keepalived', ...words].map((word) => `'${word}'`).join(' ');
    const script = `set -u\nsource <(kubectl-keepalived completion bash)\ncomplete -p kubectl-keepalived >&2\nCOMP_WORDS=(${quoted})\nCOMP_CWORD=${words.length}\n_kubectl_keepalived\nfor one in "\${COMPREPLY[@]}"; do printf '%s\\n' "$one"; done`;
    const { stdout, stderr, status } = sh(['bash', '--norc', '-c', script]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'complete -F _kubectl_keepalived kubectl-keepalived\n' });
    return stdout.split('\n').filter((line) => line !== '');
  };

  it.each<[string, string[], string[]]>([
    ['a verb', ['und'], ['undrain']],
    ['an option', ['move', '192.0.2.1', '--t'], ['--timeout', '--to']],
    ['a value', ['status', '-o', 'w'], ['wide']],
    ['a value behind an equals sign', ['status', '--output', '=', 'w'], ['wide']],
    ['a value right behind an equals sign', ['watch', '--output', '='], ['text', 'json']],
    ['a name of a file', ['plan', '-f', 'gr'], ['group.yaml']],
    ['nothing', ['status', 'node/node1', ''], []],
  ])('bash completes %s', (_, words, expected) => expect(offered(...words)).toEqual(expected));

  it('kubectl is answered as it asks its plugins', () => {
    const { stdout, status } = sh(['kubectl_complete-keepalived', 'drain', '--at']);
    expect({ stdout, status }).toEqual({
      stdout: '--at-once\tmaximum number of virtual routers that move at the same time\n:4\n',
      status: 0,
    });
    expect(sh([resolve('bin/kubectl_complete-keepalived'), 'status', '-o', 'js']).stdout).toMatch(/^json\t.*\n:4\n$/);
  });

  it.each(['zsh', 'fish'] as const)('%s has a script that asks the program', (shell) =>
    expect(sh(['kubectl-keepalived', 'completion', shell]).stdout).toContain('kubectl-keepalived __complete'),
  );
});
