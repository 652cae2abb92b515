import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress, type Progress, type ProgressOptions, StepFailed, spoken } from './progress.ts';

let logs = '';
beforeEach(() => {
  logs = join(mkdtempSync(join(tmpdir(), 'progress-test-')), 'logs');
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(join(logs, '..'), { recursive: true });
});

const shownOn = (
  out: Partial<ProgressOptions['out']> = {},
  more: Partial<ProgressOptions> = {},
): { progress: Progress; text: () => string } => {
  let text = '';
  const write = (words: string): void => {
    text += words;
  };
  return { progress: createProgress({ out: { ...out, write }, logs, ...more }), text: () => text };
};
const passing = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
const failing = (progress: Progress, title: string, log = ''): Promise<unknown> =>
  progress
    .step(title, async (step) => {
      appendFileSync(step.log, log);
      throw new Error('the reason');
    })
    .catch((error: unknown) => error);

describe('progress on a pipe', () => {
  it('gives the result and one plain line with the time and the last detail', async () => {
    const { progress, text } = shownOn();
    const result = await progress.step('Packages', async (step) => {
      step.say('looking');
      await passing(3);
      step.say('2 installed');
      return 42;
    });
    expect(result).toBe(42);
    expect(text()).toBe(`[00:03] ✓ Packages${' '.repeat(32)}3.0 s  2 installed\n`);
  });

  it('writes one line every ten seconds while a long step moves', async () => {
    const { progress, text } = shownOn();
    await progress.step('Kubernetes', async (step) => {
      for (let count = 1; count <= 25; count += 1) {
        step.say(`compiled ${count}`);
        await passing(1);
      }
    });
    const lines = text().trim().split('\n');
    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '[00:10] … Kubernetes 10 s compiled 10',
      '[00:20] … Kubernetes 20 s compiled 20',
      '[00:25] ✓ Kubernetes 25 s compiled 25',
    ]);
  });

  it('holds no escape sequence', async () => {
    const { progress, text } = shownOn();
    await progress.step('Step', () => passing(30));
    expect(text()).not.toContain('\x1b');
  });
});

describe('progress on a terminal', () => {
  it('moves one line and leaves the finished step in its place', async () => {
    const { progress, text } = shownOn({ isTTY: true, columns: 80 });
    await progress.step('Image', async (step) => {
      step.say('base');
      await passing(1);
    });
    const drawn = text().split('\r\x1b[2K');
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.at(-2)).toMatch(/^\S Image +(0\.9|1\.0) s {2}base$/);
    expect(drawn.at(-1)).toMatch(/^✓ Image +1\.0 s {2}base\n$/);
    expect(drawn.slice(0, -1).join('')).not.toContain('\n');
  });

  it('cuts the moving line to the width of the terminal', async () => {
    const { progress, text } = shownOn({ isTTY: true, columns: 60 });
    await progress.step('Image', async (step) => {
      step.say('x'.repeat(200));
      await passing(0.2);
    });
    expect(text().split('\r\x1b[2K')[1]).toHaveLength(59);
  });

  it('stops moving when the last of several steps has ended', async () => {
    const { progress } = shownOn({ isTTY: true });
    await Promise.all([progress.step('a', () => passing(1)), progress.step('b', () => passing(2))]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a step that fails', () => {
  it('shows title, reason, the end of its log and where the log is', async () => {
    const { progress, text } = shownOn();
    const log = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join('');
    const error = await failing(progress, 'Start etcd', log);
    expect(error).toBeInstanceOf(StepFailed);
    expect(error).toMatchObject({ title: 'Start etcd', message: 'Start etcd: the reason', log: join(logs, '01-start-etcd.log') });
    expect(text()).toMatch(/✗ Start etcd +0\.0 s {2}failed\n {4}the reason\n {4}The end of its log:\n {8}line 11\n/);
    expect(text()).toContain(`line 30\n    The whole log: ${join(logs, '01-start-etcd.log')}\n`);
  });

  it('says nothing of the end of an empty log', async () => {
    const { progress, text } = shownOn();
    await failing(progress, 'Start etcd');
    expect(text()).not.toContain('The end of its log');
  });

  it('is shown once, at the innermost step', async () => {
    const { progress, text } = shownOn();
    const error = await progress.step('outer', () => progress.step('inner', () => Promise.reject(new Error('the reason')))).catch((e) => e);
    expect(error).toMatchObject({ title: 'inner' });
    expect(text().match(/the reason/g)).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is shown in quiet too, and nothing else is', async () => {
    const { progress, text } = shownOn({ isTTY: true }, { quiet: true });
    await progress.step('fine', () => passing(30));
    expect(text()).toBe('');
    await failing(progress, 'Start etcd');
    expect(text()).toContain('✗ Start etcd');
  });
});

it('gives every step a log of its own', async () => {
  const { progress } = shownOn();
  await progress.step('Same / title', async () => {});
  await progress.step('Same / title', async () => {});
  expect(readdirSync(logs)).toEqual(['01-same-title.log', '02-same-title.log']);
});

describe('spoken', () => {
  it.each([
    [0, '0.0 s'],
    [340, '0.3 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [483_000, '8 min 3 s'],
  ])('says %d ms as %s', (milliseconds, expected) => {
    expect(spoken(milliseconds)).toBe(expected);
  });
});
