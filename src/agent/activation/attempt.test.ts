import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../localise/candidate.ts';
import type { Problem } from '../../localise/problem.ts';
import { type Activation, type Newest, problemsOf, refusalOf } from './attempt.ts';

const candidate = (revision: string, ...reasons: Problem['reason'][]): Candidate => ({
  kind: 'candidate',
  revision,
  conf: [],
  text: '',
  problems: reasons.map((reason) => ({ reason, message: revision })),
});
const active = candidate('r1', 'PeersUnknown');
const attempt = (activation: Activation): Newest => ({
  kind: 'attempt',
  candidate: candidate('r2', 'PasswordTruncated'),
  activation,
  at: 0,
});
const unusable = (revision: string | null): Newest => ({ kind: 'unusable', revision, problem: { reason: 'ConfigInvalid', message: 'm' } });

describe('what became of the newest configuration', () => {
  it.each<[string, Newest | null, string[]]>([
    ['nothing yet', null, []],
    ['it runs', attempt({ kind: 'running', reloads: 1, proven: true }), ['PasswordTruncated']],
    ['it runs, and the daemon can not say so', attempt({ kind: 'running', reloads: 1, proven: false }), ['NoDump', 'PasswordTruncated']],
    [
      'keepalived refused it, and the one before goes on',
      attempt({ kind: 'refused', message: 'm', lines: [] }),
      ['ConfigRefused', 'PeersUnknown'],
    ],
    ['it waits for the daemon', attempt({ kind: 'waiting' }), ['PasswordTruncated']],
    [
      'the daemon runs something else',
      attempt({ kind: 'unconfirmed', reloads: 2, differences: ['d'] }),
      ['NotConfirmed', 'PasswordTruncated'],
    ],
    ['it makes no file, and the one before goes on', unusable('r2'), ['ConfigInvalid', 'PeersUnknown']],
  ])('is a problem of these kinds: %s', (_, newest, expected) => {
    expect(problemsOf(newest, active).map(({ reason }) => reason)).toEqual(expected);
  });

  it.each<[string, Newest | null, unknown]>([
    [
      'when keepalived refused it',
      attempt({ kind: 'refused', message: 'm', lines: ['1: x'] }),
      { revision: 'r2', message: 'm', lines: ['1: x'] },
    ],
    ['when it makes no file', unusable('r2'), { revision: 'r2', message: 'm', lines: [] }],
    ['not when it has no revision', unusable(null), null],
    ['not when it runs', attempt({ kind: 'running', reloads: 0, proven: true }), null],
    ['not before there is one', null, null],
  ])('is a refusal %s', (_, newest, expected) => {
    expect(refusalOf(newest)).toEqual(expected);
  });
});
