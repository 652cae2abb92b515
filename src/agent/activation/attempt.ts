import type { ConfigReport } from '../../api/node/report.ts';
import type { Candidate, Unusable } from '../../localise/candidate.ts';
import type { Problem } from '../../localise/problem.ts';

/** How a candidate came to be the daemon's file, or why it did not. */
export type Activation =
  /** The daemon says that it runs it; `proven` is false when it can't say (no JSON in its build). */
  | { readonly kind: 'running'; readonly reloads: number; readonly proven: boolean }
  /** keepalived's check refused it; what ran before still runs. */
  | { readonly kind: 'refused'; readonly message: string; readonly lines: readonly string[] }
  /** The file is in place and the daemon does not run yet; it will read it when it starts. */
  | { readonly kind: 'waiting' }
  /** The daemon was told, and runs something else, or what it says can't be read. */
  | { readonly kind: 'unconfirmed'; readonly reloads: number; readonly differences: readonly string[]; readonly isUnread?: true };

/** A candidate and what became of it. */
export interface Attempt {
  readonly kind: 'attempt';
  readonly candidate: Candidate;
  readonly activation: Activation;
  /** When, by the monotonic clock. */
  readonly at: number;
}

/** What the newest look at the group's configuration came to. */
export type Newest = Attempt | Unusable;

/** The refusal of a newest revision that was not taken. */
export function refusalOf(newest: Newest | null): NonNullable<ConfigReport['refused']> | null {
  if (newest === null) return null;
  if (newest.kind === 'unusable')
    return newest.revision === null ? null : { revision: newest.revision, message: newest.problem.message, lines: [] };
  const { candidate, activation } = newest;
  if (activation.kind !== 'refused') return null;
  return { revision: candidate.revision, message: activation.message, lines: activation.lines };
}

/** Problems of the newest revision, and of the one that runs while the newest does not. */
export function problemsOf(newest: Newest | null, active: Candidate | null): Problem[] {
  if (newest === null) return [];
  if (newest.kind === 'unusable') return [newest.problem, ...(active?.problems ?? [])];
  const { candidate, activation } = newest;
  const problems = activation.kind === 'refused' ? (active?.problems ?? []) : candidate.problems;
  return [...activationProblems(candidate, activation), ...problems];
}

// --- internal ---

function activationProblems({ revision }: Candidate, activation: Activation): Problem[] {
  switch (activation.kind) {
    case 'refused':
      return [
        {
          reason: 'ConfigRefused',
          message: `keepalived refuses revision ${revision}; what it ran before goes on: ${activation.message}`,
        },
      ];
    case 'unconfirmed': {
      if (activation.isUnread)
        return [
          {
            reason: 'NotConfirmed',
            message: `keepalived should run revision ${revision}, but its answer can not be read`,
          },
        ];
      const differences = activation.differences.slice(0, 5).join('; ');
      return [{ reason: 'NotConfirmed', message: `keepalived should run revision ${revision}, but its answer differs: ${differences}` }];
    }
    case 'running':
      return activation.proven ? [] : [noDump];
    case 'waiting':
      return [];
  }
}

const noDump: Problem = {
  reason: 'NoDump',
  message:
    'keepalived writes no JSON, so what it runs can not be confirmed and states are known only from its notifications; use an image whose keepalived is built with JSON',
};
