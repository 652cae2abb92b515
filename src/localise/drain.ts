import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { instanceOf, isInstance, syncedNames } from './instance.ts';
import { type LocalPaths, trackFileOf } from './localise.ts';

/** Name of the track file by which a node gives all of its addresses up. */
export const DRAIN = 'keepalived-operator-drain';

/** 254 - 253 is still above 0: the node stays a master until another one has taken over. At 254 keepalived would drop the addresses first. */
const DRAIN_WEIGHT = -253;

/** Priority of the address owner (RFC 9568, 6.1), on which keepalived allows no tracking. */
const OWNER = 255;

/** The file of a node that can be drained: a 1 in one track file takes every instance behind those of other nodes. */
export function drainable(conf: Conf, paths: LocalPaths): Conf {
  const synced = syncedNames(conf);
  const drains = (one: Statement): boolean =>
    isInstance(one) && instanceOf(one, conf).priority !== OWNER && !synced.has(one.words[0] ?? '');
  if (!conf.some(drains)) return conf;
  const first = conf.findIndex(isInstance);
  const file = block('vrrp_track_file', [DRAIN], [line('file', trackFileOf(paths, DRAIN)), line('weight', DRAIN_WEIGHT)]);
  const tracked = conf.map((one) => (drains(one) ? tracking(one) : one));
  return [...tracked.slice(0, first), file, ...tracked.slice(first)];
}

// --- internal ---

/** One block of track files for each instance: what it tracks already and the drain. */
function tracking(instance: Statement): Statement {
  const lines = instance.block ?? [];
  const isTrackFile = ({ keyword, block }: Statement): boolean => keyword === 'track_file' && block !== undefined;
  const tracked = lines.filter(isTrackFile).flatMap(({ block }) => block ?? []);
  return { ...instance, block: [...lines.filter((one) => !isTrackFile(one)), block('track_file', [], [...tracked, line(DRAIN)])] };
}
