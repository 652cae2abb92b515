import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentedCommands, howTried, NAMES, ON_AN_API_SERVER, OTHERWISE } from './documented-commands.ts';

const all = documentedCommands();
const commands = new Set(all.map(({ command }) => command));

describe('every command of the documentation', () => {
  it('is tried by a test, or it is said why it is not', () =>
    expect(all.filter(({ command }) => howTried(command) === undefined).map(({ page, command }) => `${page}: ${command}`)).toEqual([]));

  it('stands in the documentation as it is tried', () => expect(ON_AN_API_SERVER.filter((command) => !commands.has(command))).toEqual([]));

  it.each([...OTHERWISE.map(({ command }) => command), ...NAMES])('%s says something of a command that there is', (pattern) =>
    expect([...commands].some((command) => pattern.test(command))).toBe(true),
  );

  it.each(OTHERWISE.flatMap(({ how }) => ('test' in how ? [how.test] : [])))('has the test %s', (file) =>
    expect(existsSync(file)).toBe(true),
  );
});
