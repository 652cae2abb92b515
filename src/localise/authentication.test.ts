import { describe, expect, it } from 'vitest';
import { block, line } from '../conf/tree.ts';
import { authenticationOf } from './authentication.ts';

const auth = (password: string) => block('authentication', [], [line('auth_type', 'PASS'), line('auth_pass', password)]);

describe('a password', () => {
  it.each([
    ['of eight characters goes into the block', 'hunter22'],
    ['with a comment sign goes into the block', 'a#b!c'],
    ['that begins with a comment sign goes into the block', '#hunter2'],
    ['with a single quote goes into the block', "it's"],
  ])('%s', (_, password) => {
    expect(authenticationOf(password)).toEqual({ kind: 'block', statement: auth(password), problems: [] });
  });

  it('of more characters is cut to what the protocol carries, and that is said', () => {
    expect(authenticationOf('123456789')).toEqual({
      kind: 'block',
      statement: auth('12345678'),
      problems: [{ reason: 'PasswordTruncated', message: expect.stringContaining('has 9 characters') }],
    });
  });

  it.each([
    ['a double quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a brace', 'a{b'],
    ['a dollar sign', 'a$b'],
    ['a blank', 'a b'],
    ['a line break', 'a\nb'],
    ['a character outside ASCII', 'pä'],
  ])('with %s is refused without being told', (_, password) => {
    const result = authenticationOf(password);
    expect(result).toMatchObject({ kind: 'refused', problem: { reason: 'PasswordInvalid' } });
    expect(JSON.stringify(result)).not.toContain(JSON.stringify(password).slice(1, -1));
  });

  it.each([
    ['absent', null],
    ['empty', ''],
  ])('that is %s is a refusal', (_, password) => {
    expect(authenticationOf(password)).toMatchObject({ kind: 'refused', problem: { reason: 'PasswordMissing' } });
  });
});
