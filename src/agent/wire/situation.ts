import type { Candidate } from '../../localise/candidate.ts';
import { type Instance, instancesOf } from '../../localise/instance.ts';
import type { State } from '../state.ts';
import type { AdvertSituation } from './adverts/adverts.ts';
import type { Situation } from './wire.ts';

/** What the agent knows of itself by now, as far as it concerns who answers for its addresses. */
export function situationOf({ link, interfaces, active, members, observed }: State): Situation {
  const owned = [...observed.histories].flatMap(([name, { state }]) => (state === 'MASTER' ? name : []));
  return { link: link.link, interfaces, instances: active === null ? [] : instancesIn(active.candidate), members, owned: new Set(owned) };
}

/** The same, as far as it concerns the adverts on the link. */
export function advertSituationOf({ link, interfaces, active, members }: State): AdvertSituation {
  return { link: link.link, interfaces, instances: active === null ? [] : instancesIn(active.candidate), members };
}

// --- internal ---

/** A file never changes, and is asked for each second. */
const READ = new WeakMap<Candidate, readonly Instance[]>();

function instancesIn(candidate: Candidate): readonly Instance[] {
  const known = READ.get(candidate) ?? instancesOf(candidate.conf);
  READ.set(candidate, known);
  return known;
}
