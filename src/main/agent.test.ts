import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const USAGE = /^agent setup\|run .*\n {2}--config DIR/;

function agent(args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main/agent.ts', ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

describe('the agent as a program', () => {
  it.each([['--help'], ['-h'], ['run', '--help']])('tells its options: %s %s', (...args) =>
    expect(agent(args)).toEqual({ status: 0, stdout: expect.stringMatching(USAGE), stderr: '' }),
  );

  it.each([
    [[], USAGE],
    [['walk'], USAGE],
    [['run', '--colour'], /^Unknown option '--colour'[\s\S]*agent setup\|run/],
    [['run', '--port'], /^Option '--port <value>' argument missing[\s\S]*agent setup\|run/],
    [['run', '--port', 'http'], /^--port is "http"; expected a whole number from 1 to 65535\n$/],
    [['run', '--port', '65536'], /^--port is "65536"; expected/],
    [['run'], /^NODE_NAME is not set; the pod's specification sets it\n$/],
  ])('says what is wrong with %j', (args, message) =>
    expect(agent(args)).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(message) }),
  );
});
