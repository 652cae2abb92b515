import { print } from '../../conf/print.ts';
import type { Candidate, Unusable } from '../../localise/candidate.ts';
import type { HeadStart } from '../../localise/head-start.ts';
import type { Moment } from '../../vrrp/moment.ts';
import type { Action, Look, News } from '../facts.ts';
import { inTurn, isTold, log, type State, type Step, type Work } from '../state.ts';
import * as confirm from './confirm.ts';
import { headStartOf, isSettled, judge, revivalOf } from './judge.ts';
import * as leading from './lead.ts';
import { type Found, onVerdict as onLineVerdict, type Refusal, searchLines } from './line-search.ts';
import { finish, rest, restAsRuns } from './rest.ts';

/** What one piece of news means to the activation of configurations. */
export function hear(state: State, news: News, now: Moment): Step {
  const { work } = state;
  if (news.kind === 'poked') return { state: { ...state, isPoked: true }, actions: [] };
  if (news.kind === 'looked' && work.kind === 'look') return withoutProblem(onLook(state, news, now));
  if (news.kind === 'tested' && work.kind === 'test')
    return onVerdict({ ...state, notWritten: null }, { ...work, verdicts: { ...work.verdicts, [news.file]: news.verdict } }, now);
  if (news.kind === 'tested' && work.kind === 'search') return onFound(state, work, onLineVerdict(work.search, news.verdict), now);
  if (news.kind === 'answered' && work.kind === 'lead') return leading.onAnswer(state, work, news.dump, now);
  if (news.kind === 'answered' && work.kind === 'confirm') return confirm.onAnswer(state, work, news.dump, now);
  if (news.kind === 'failed') return onFailure(state, news, now);
  return { state, actions: [] };
}

/** What is due now. */
export function goOn(state: State, now: Moment): Step {
  const { work } = state;
  switch (work.kind) {
    case 'rest':
      return dueAt(state) <= now.at ? look(state) : { state, actions: [] };
    case 'revive':
      return leading.onRevival(state, work, isTold(state), now);
    case 'lead':
      return leading.onPause(state, work, isTold(state), now);
    case 'confirm':
      return confirm.onPause(state, work, now);
    default:
      return { state, actions: [] };
  }
}

/** When something will be due, if no news comes before. */
export function dueAt(state: State): number {
  const { work, isPoked } = state;
  switch (work.kind) {
    case 'rest':
      return isTold(state) ? Number.POSITIVE_INFINITY : isPoked ? work.from : work.until;
    case 'revive':
      return work.until;
    case 'lead':
    case 'confirm':
      return work.again ?? Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

// --- internal ---

type Testing = Extract<Work, { kind: 'test' }>;
type Searched = Pick<Extract<Work, { kind: 'search' }>, 'candidate' | 'seen'>;

function look(state: State): Step {
  const actions: Action[] = state.pid === null ? [{ do: 'remove stale pid files' }, { do: 'look' }] : [{ do: 'look' }];
  return { state: { ...state, isPoked: false, work: { kind: 'look' } }, actions };
}

function onLook(before: State, seen: Look, now: Moment): Step {
  const { state, actions, judgement } = judge(before, seen, now);
  return inTurn(
    state,
    (same) => ({ state: same, actions }),
    (same) => {
      if (judgement.kind === 'settling') return { state: rest(same, now, judgement.milliseconds), actions: [] };
      if (judgement.kind === 'unusable') return onUnusable(same, judgement, now);
      return onCandidate(same, judgement, seen, now);
    },
  );
}

/** A look after which nothing is to be written wrote all that it had to. */
const withoutProblem = ({ state, actions }: Step): Step => ({
  state: state.work.kind === 'rest' ? { ...state, notWritten: null } : state,
  actions,
});

function onUnusable(state: State, unusable: Unusable, now: Moment): Step {
  const { newest } = state;
  const isNew = newest?.kind !== 'unusable' || newest.problem.message !== unusable.problem.message;
  const { revision, problem } = unusable;
  return {
    state: { ...restAsRuns(state, now), newest: unusable },
    actions: isNew ? [log('warn', { revision, problem }, 'the configuration can not be used')] : [],
  };
}

function onCandidate(state: State, whole: Candidate, seen: Look, now: Moment): Step {
  const candidate = reducedOf(state, whole);
  if (!isSettled(state, candidate, now)) {
    if (seen.file !== candidate.text) return test(state, candidate, headStartOf(state, candidate, seen), seen);
    return state.pid === null ? finish(state, candidate, { kind: 'waiting' }, now) : confirm.confirmTold(state, candidate, now);
  }
  const first = state.pid === null && !isTold(state) ? revivalOf(state, candidate, seen, now) : null;
  if (first === null) return { state: restAsRuns(state, now), actions: [] };
  return inTurn(
    { ...state, revived: now.at },
    (same) => ({
      state: same,
      actions: [log('info', { instances: first.names }, 'keepalived was killed; it starts again as their master')],
    }),
    (same) => test(same, candidate, first, seen, true),
  );
}

/** Has keepalived's check look at the file, and at the one with the head start at the same time. */
function test(state: State, candidate: Candidate, first: HeadStart | null, seen: Look, isRevival = false): Step {
  const actions: Action[] = [{ do: 'test', file: 'new', text: candidate.text }];
  if (first !== null) actions.push({ do: 'test', file: 'first', text: print(first.conf) });
  return { state: { ...state, work: { kind: 'test', candidate, first, seen, isRevival, verdicts: {} } }, actions };
}

/** Once all verdicts are there the file is put in place, or what runs goes on. */
function onVerdict(state: State, work: Testing, now: Moment): Step {
  const { candidate, first, isRevival, verdicts } = work;
  if (verdicts.new === undefined || (first !== null && verdicts.first === undefined)) return { state: { ...state, work }, actions: [] };
  if (verdicts.new.kind === 'refused') return withoutFirst(onRefusal(state, work, verdicts.new, now));
  if (isTold(state)) return { state: restAsRuns(state, now), actions: [] };
  if (first === null || verdicts.first?.kind !== 'good') return leading.follow(state, candidate, 0, now);
  if (isRevival) return leading.revive(state, candidate, first, now);
  return state.pid === null ? withoutFirst(leading.follow(state, candidate, 0, now)) : leading.lead(state, candidate, first, now);
}

function onRefusal(state: State, { candidate, isRevival, seen }: Testing, refusal: Refusal, now: Moment): Step {
  const marks = isRevival || seen.bundle.kind === 'unusable' ? [] : (seen.bundle.settings.verbatim ?? []);
  return onFound(state, { candidate, seen }, searchLines(candidate, refusal, marks), now);
}

/** A file that keepalived takes is activated in the place of the whole one, which is known by its text from then on. */
function onFound(state: State, { candidate, seen }: Searched, found: Found, now: Moment): Step {
  if (found.kind === 'check') {
    const work: Work = { kind: 'search', candidate, search: found.search, seen };
    return { state: { ...state, work }, actions: [{ do: 'test', file: 'new', text: found.text }] };
  }
  if (found.kind === 'unexplained') return finish(state, candidate, found.refusal, now);
  if (isTold(state)) return { state: restAsRuns(state, now), actions: [{ do: 'discard', file: 'new' }] };
  const lines = found.candidate.leftOut ?? [];
  return inTurn(
    { ...state, reduced: { of: candidate.text, candidate: found.candidate } },
    (same) => ({ state: same, actions: [log('warn', { lines }, 'keepalived refuses verbatim lines; they are left out')] }),
    (same) => onCandidate(same, candidate, seen, now),
  );
}

/** The file that keepalived takes in the place of one that it refused. */
const reducedOf = ({ reduced }: State, whole: Candidate): Candidate =>
  reduced?.of === whole.text ? { ...reduced.candidate, revision: whole.revision } : whole;

const withoutFirst = ({ state, actions }: Step): Step => ({ state, actions: [{ do: 'discard', file: 'first' }, ...actions] });

function onFailure(before: State, { message, stack, notWritten }: Extract<News, { kind: 'failed' }>, now: Moment): Step {
  const isTold = notWritten !== undefined && before.notWritten?.file === notWritten.file;
  const failed = isTold
    ? []
    : [
        notWritten
          ? log('error', { error: message }, 'a file could not be written')
          : log('error', { error: message, stack }, 'unexpected'),
      ];
  const state: State = { ...before, notWritten: notWritten ?? before.notWritten };
  return { state: state.work.kind === 'rest' ? state : restAsRuns(state, now), actions: failed };
}
