import { parse } from '../../conf/parse.ts';
import { authenticationOf, effective, passwordIn } from '../../localise/authentication.ts';

/**
 * Which password a node uses while a changed one waits. kubelets bring a changed Secret to their nodes within a minute or two of each other, and
 * nodes with different passwords don't hear each other, so all change in the same round of the settings (ADR 28). Times are milliseconds.
 */
export interface PasswordHold {
  /** As far as it counts; null before the first. */
  readonly used: string | null;
  /** The round that counts; null before the first look. */
  readonly round: number | null;
  /** Another round, and when it was seen first. */
  readonly next: { readonly round: number; readonly since: number } | null;
  /** Since when a changed password waits. */
  readonly waitsSince: number | null;
}

/** What one look at mount and settings says. */
export interface Seen {
  /** As mounted; null without one. */
  readonly password: string | null;
  readonly round: number;
  readonly now: number;
}

/** Within one look of kubelet the mounts of ConfigMap and Secret are swapped one after the other. */
export const SETTLE = 1000;
/** After so long without a round there is no manager who would call one: then the password is taken up all the same. */
export const LONGEST = 60_000;

/** At the start of the agent: what keepalived's file holds counts. */
export const holding = (used: string | null): PasswordHold => ({ used, round: null, next: null, waitsSince: null });

/** After one more look. */
export function afterLook(hold: PasswordHold, { password, round, now }: Seen): PasswordHold {
  const known = hold.round ?? round;
  const next = round === known ? null : { round, since: hold.next?.round === round ? hold.next.since : now };
  const isDue = next !== null && now - next.since >= SETTLE;
  if (next !== null && !isDue) return { ...hold, round: known, next };
  const waitsSince = mustWait(hold.used, password) ? (hold.waitsSince ?? now) : null;
  if (waitsSince !== null && !isDue && now - waitsSince < LONGEST) return { ...hold, round, next: null, waitsSince };
  return { used: isUsable(password) ? effective(password) : hold.used, round, next: null, waitsSince: null };
}

/** The password to use after that look. One that is missing, or that no file can hold, waits for nothing: it is told. */
export const passwordOf = ({ used, waitsSince }: PasswordHold, mounted: string | null): string | null =>
  waitsSince === null ? mounted : used;

/** How long a round that was just seen has still to settle; until then nothing is changed. */
export const settlesIn = ({ next }: PasswordHold, now: number): number => (next === null ? 0 : next.since + SETTLE - now);

/** The password in the text of keepalived's file, as far as it counts; null without one. */
export function passwordInText(text: string | null): string | null {
  try {
    return text === null ? null : passwordIn(parse(text));
  } catch {
    return null;
  }
}

// --- internal ---

const mustWait = (used: string | null, mounted: string | null): boolean =>
  used !== null && isUsable(mounted) && effective(mounted) !== used;

const isUsable = (password: string | null): password is string => authenticationOf(password).kind === 'block';
