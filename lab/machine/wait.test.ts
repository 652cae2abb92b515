import { describe, expect, it } from 'vitest';
import { waitFor } from './wait.ts';

describe('waitFor', () => {
  it('gives the first answer', async () => {
    const answers = [undefined, undefined, 0, 1];
    expect(await waitFor('a number', async () => answers.shift(), 5000)).toBe(0);
  });

  it('asks again after an error', async () => {
    let calls = 0;
    const check = async (): Promise<string> => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return 'now';
    };
    expect(await waitFor('it', check, 5000)).toBe('now');
  });

  it('names what was awaited and the last thing seen', async () => {
    const never = waitFor('the page', () => Promise.reject(new Error('connection refused')), 40);
    await expect(never).rejects.toThrow('not within 0.04 s: the page; last seen: connection refused');
    await expect(waitFor('the page', async () => undefined, 40)).rejects.toThrow('last seen: it was not so yet');
  });
});
