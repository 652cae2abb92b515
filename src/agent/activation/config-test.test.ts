import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../run-command.ts';
import { testConfig } from './config-test.ts';

const judged = (result: Partial<CommandResult>, text = '') =>
  testConfig('/run/k.conf', text, async () => ({ status: 5, stdout: '', stderr: '', ...result }));

describe("keepalived's check", () => {
  it('is passed with status 0 only', async () => {
    expect(await judged({ status: 0, stderr: 'whatever it says' })).toEqual({ kind: 'good' });
    expect(await judged({ status: 6 })).toMatchObject({ kind: 'refused', message: 'keepalived --config-test ended with status 6' });
    expect(await judged({ status: null })).toMatchObject({ message: 'keepalived --config-test ended with status none' });
  });
  it('is told in its own words, each once, without the path and what it says of every file', async () => {
    const stderr =
      "NOTICE: setting config option\n(/run/k.conf: Line 2) Unknown keyword 'foo'\n(/run/k.conf: Line 2) Unknown keyword 'foo'\n";
    expect(await judged({ stderr }, 'global_defs {\n  foo bar\n}\n')).toEqual({
      kind: 'refused',
      message: "(line 2) Unknown keyword 'foo'",
      lines: ['2: foo bar'],
      numbers: [2],
    });
  });
  it('is told without a password', async () => {
    const result = await judged({ stderr: '(/run/k.conf: Line 1) auth_pass hunter2 is too long' }, 'auth_pass hunter2');
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(result).toMatchObject({ lines: ['1: auth_pass [hidden]'] });
  });
});
