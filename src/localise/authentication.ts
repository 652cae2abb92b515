import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { isInstance } from './instance.ts';
import type { Problem } from './problem.ts';

/** Length of the authentication data of VRRP version 2, in bytes (RFC 2338, 5.3.6.2; keepalived cuts there). */
const MAX_BYTES = 8;

export type Authentication =
  | { readonly kind: 'block'; readonly statement: Statement; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** The authentication block of a version 2 instance. No message says anything of the password but its length. */
export function authenticationOf(password: string | null): Authentication {
  if (password === null || password === '')
    return refused('PasswordMissing', 'the group has passwordAuth, and the mounted Secret holds no value under the key that it names');
  if (!/^[\x21-\x7e]+$/.test(password) || /["\\{}$]/.test(password))
    return refused(
      'PasswordInvalid',
      'the password in the group\'s Secret holds a character that keepalived.conf can not hold; use A-Z a-z 0-9 and punctuation without " \\ { } $ and blanks',
    );
  const statement = block('authentication', [], [line('auth_type', 'PASS'), line('auth_pass', effective(password))]);
  return { kind: 'block', statement, problems: password.length > MAX_BYTES ? [truncated(password.length)] : [] };
}

/** What of a password counts; two that agree in it are the same to keepalived. */
export const effective = (password: string): string => password.slice(0, MAX_BYTES);

/** The password that a node's own file holds, as far as it counts; null without one. */
export function passwordIn(conf: Conf): string | null {
  const lines = conf.filter(isInstance).flatMap(({ block: lines = [] }) => lines);
  const authentication = lines.filter(({ keyword }) => keyword === 'authentication').flatMap(({ block: lines = [] }) => lines);
  return authentication.find(({ keyword }) => keyword === 'auth_pass')?.words[0] ?? null;
}

// --- internal ---

function refused(reason: 'PasswordMissing' | 'PasswordInvalid', message: string): Authentication {
  return { kind: 'refused', problem: { reason, message } };
}

function truncated(length: number): Problem {
  const message = `the password in the group's Secret has ${length} characters; VRRP version 2 carries ${MAX_BYTES}, and only those count`;
  return { reason: 'PasswordTruncated', message };
}
