/** Each feature of the planner from input to outcome. `UPDATE=1 make unit` writes the outcomes; read them before they are committed. */
import { describe, expect, it } from 'vitest';
import { FOLDERS, readOutcome, writeOutcome } from './folder.ts';
import { outcomeOf } from './outcome.ts';

describe('scenarios', () => {
  it.each(FOLDERS)('$name: $title', (folder) => {
    const outcome = outcomeOf(folder.input);
    if (process.env.UPDATE === '1') writeOutcome(folder, outcome);
    const expected = readOutcome(folder);
    for (const [file, text] of outcome) expect(text, `${folder.name}/${file}`).toBe(expected.get(file));
    expect([...expected.keys()].sort()).toEqual([...outcome.keys()].sort());
  });
});
