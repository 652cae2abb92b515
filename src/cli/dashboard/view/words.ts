import type { Health } from '../model/facts.ts';

/** What each health is called, one address or many, and the sign that says it without colour. */
export const HEALTH_WORDS: Readonly<Record<Health, { readonly name: string; readonly sign: string; readonly meaning: string }>> = {
  NoOwner: { name: 'no owner', sign: '✕', meaning: 'no node has the address' },
  SeveralOwners: { name: 'several owners', sign: '≠', meaning: 'more than one node has the address' },
  Incomplete: { name: 'incomplete', sign: '◐', meaning: 'its node lacks a part of its virtual router' },
  Unknown: { name: 'unknown', sign: '?', meaning: 'it is not known which node has the address' },
  Doubtful: { name: 'doubtful', sign: '!', meaning: 'one node has the address, but something is wrong' },
  Well: { name: 'well', sign: '', meaning: 'one node has the address' },
  Idle: { name: 'not carried', sign: '–', meaning: 'no group carries it' },
};

/** How loud something is. */
export type Tone = 'alarm' | 'doubt' | 'calm';

export const toneOf = (health: Health): Tone =>
  health === 'NoOwner' || health === 'SeveralOwners' ? 'alarm' : health === 'Well' || health === 'Idle' ? 'calm' : 'doubt';

/** The causes of moves, for people; the word itself is shown beside. */
export const CAUSE_WORDS: Readonly<Record<string, string>> = {
  FirstElection: 'first election',
  NodeSilent: 'node fell silent',
  DaemonStopped: 'keepalived stopped',
  DaemonRevived: 'keepalived came back',
  LinkLost: 'link lost',
  HealthLost: 'health check failed',
  Fault: 'fault',
  Drained: 'drained',
  NodeUnfit: 'node unfit',
  NodeLeft: 'node left the group',
  PlanChanged: 'plan changed',
  Preferred: 'returned to its preferred node',
  Resigned: 'given up',
};

const names = new Intl.Collator('en', { numeric: true });
/** `node2` before `node10`. */
export const byName = (a: string, b: string): number => names.compare(a, b);

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const addresses = (count: number): string => counted(count, 'address', 'addresses');

/** Such as `0.3 to 0.61 s`, of gaps in milliseconds. */
export function span([atLeast, atMost]: readonly [number, number]): string {
  if (atMost === 0) return 'none';
  const [low, high] = [seconds(atLeast), seconds(atMost)];
  return atLeast === 0 ? `at most ${high} s` : low === high ? `${high} s` : `${low} to ${high} s`;
}

/** `12:03:04.567` of RFC 3339. */
export const clockTime = (time: string): string => time.slice(11, 23).replace(/Z$/, '');
/** `2026-01-02` of RFC 3339. */
export const dayOf = (time: string): string => time.slice(0, 10);

// --- internal ---

const seconds = (milliseconds: number): string => String(Number((milliseconds / 1000).toFixed(milliseconds < 100 ? 3 : 2)));
