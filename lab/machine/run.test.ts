import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lastLines, RunFailed, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (script: string): string[] => ['sh', '-c', script];
const failure = async (work: Promise<unknown>): Promise<RunFailed> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RunFailed) return error;
  throw new Error(`expected RunFailed, got ${String(error)}`);
};

describe('run', () => {
  it('gives both streams and the status', async () => {
    expect(await run(shell('echo out; echo err >&2'))).toEqual({ stdout: 'out\n', stderr: 'err\n', code: 0 });
  });

  it('feeds its input', async () => {
    expect((await run(['cat'], { input: 'words' })).stdout).toBe('words');
  });

  it('lets a command end that does not read its input', async () => {
    expect((await run(['true'], { input: 'x'.repeat(1_000_000) })).code).toBe(0);
  });

  it('adds to the environment and removes from it', async () => {
    process.env.RUN_TEST_GONE = 'there';
    const { stdout } = await run(shell('echo "$RUN_TEST_NEW,$RUN_TEST_GONE"'), { env: { RUN_TEST_NEW: 'new', RUN_TEST_GONE: undefined } });
    expect(stdout).toBe('new,\n');
  });

  it('runs in the folder it is told', async () => {
    expect((await run(['pwd', '-P'], { cwd: '/' })).stdout).toBe('/\n');
  });

  it('names the command, its status and the end of its standard error', async () => {
    const error = await failure(run(shell('for i in 1 2 3 4 5 6 7; do echo "line $i" >&2; done; exit 3')));
    expect(error.code).toBe(3);
    expect(error.message).toMatch(/^`sh -c '.*'` exited with status 3:\nline 3\nline 4\nline 5\nline 6\nline 7$/);
  });

  it('takes a status for an answer when told so', async () => {
    expect((await run(shell('exit 3'), { allowFailure: true })).code).toBe(3);
  });

  it('counts the end by a signal as a shell does', async () => {
    expect((await run(shell('kill -9 $$'), { allowFailure: true })).code).toBe(137);
    expect((await failure(run(shell('kill -9 $$')))).message).toContain('was ended by SIGKILL');
  });

  it('says that a program is not on PATH, whatever failure is allowed', async () => {
    const error = await failure(run(['no-such-program-here'], { allowFailure: true }));
    expect(error.message).toBe('`no-such-program-here` could not be started: no such program on PATH');
  });

  it('ends a command that takes too long, even one that ignores the request', async () => {
    const error = await failure(run(shell('trap "" TERM; while :; do sleep 1; done'), { timeoutMs: 50 }));
    expect(error.message).toContain('did not finish within 0.05 s');
  });

  it('ends a command when it is called off', async () => {
    const abort = new AbortController();
    const work = failure(run(['sleep', '60'], { signal: abort.signal }));
    abort.abort();
    expect((await work).message).toBe('`sleep 60` was called off');
  });

  it('does not leave a command that was called off before it began', async () => {
    expect((await failure(run(['sleep', '60'], { signal: AbortSignal.abort() }))).message).toContain('was called off');
  });

  it('keeps command line and output in the log, one command after another', async () => {
    const log = join(folder, 'log');
    await run(['echo', 'one two'], { log });
    await run(shell('echo three >&2'), { log });
    expect(readFileSync(log, 'utf8')).toBe("$ echo 'one two'\none two\n$ sh -c 'echo three >&2'\nthree\n");
  });

  it('tells each line as it comes', async () => {
    const lines: string[] = [];
    await run(shell('echo a; echo b; printf c'), { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['a', 'b', 'c']);
  });
});

describe('lastLines', () => {
  it.each([
    ['fewer lines than asked for', 'a\nb\n', 5, 'a\nb'],
    ['only the last ones', 'a\nb\nc\n', 2, 'b\nc'],
    ['no empty lines', 'a\n\n\nb\n\n', 2, 'a\nb'],
    ['a line that was rewritten in place as many', '10%\r50%\r100%\n', 2, '50%\n100%'],
    ['nothing of nothing', '', 3, ''],
  ])('gives %s', (_, text, count, expected) => {
    expect(lastLines(text, count)).toBe(expected);
  });
});
