import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { instanceOf, isInstance, syncedNames } from './instance.ts';
import { type LocalPaths, trackFileOf } from './localise.ts';

/** Name of the track file by which a node gives all of its addresses up. */
export const DRAIN = 'keepalived-operator-drain';

/** 254 - 253 is still above 0: the node stays a master until another one has taken over. At 254 keepalived would drop the addresses first. */
const DRAIN_WEIGHT = -253;

/** Name of the track file of a node whose kube-proxy is not healthy. */
export const DATA_PATH = 'keepalived-operator-data-path';

/** More than the ranks of a router's order span, and less than what a Service without endpoints costs (-100, or -50 where that is not known). */
export const DATA_PATH_WEIGHT = -40;

/** Track files of the agent's own in every instance. */
const OWN = [
  { name: DRAIN, weight: DRAIN_WEIGHT },
  { name: DATA_PATH, weight: DATA_PATH_WEIGHT },
];

/** Priority of the address owner (RFC 9568, 6.1), on which keepalived allows no tracking. */
const OWNER = 255;

/** The file of a node that can be drained: a 1 in one track file takes every instance behind those of other nodes, and in another behind healthy ones. */
export function drainable(conf: Conf, paths: LocalPaths): Conf {
  const synced = syncedNames(conf);
  const drains = (one: Statement): boolean =>
    isInstance(one) && instanceOf(one, conf).priority !== OWNER && !synced.has(one.words[0] ?? '');
  if (!conf.some(drains)) return conf;
  const first = conf.findIndex(isInstance);
  const files = OWN.map(({ name, weight }) =>
    block('vrrp_track_file', [name], [line('file', trackFileOf(paths, name)), line('weight', weight)]),
  );
  const tracked = conf.map((one) => (drains(one) ? tracking(one) : one));
  return [...tracked.slice(0, first), ...files, ...tracked.slice(first)];
}

/** Whether a track file is the agent's own, and says nothing of who is to be master. */
export const isOwnTrackFile = (name: string): boolean => OWN.some((own) => own.name === name);

// --- internal ---

/** One block of track files for each instance: what it tracks already and the agent's own. */
function tracking(instance: Statement): Statement {
  const lines = instance.block ?? [];
  const isTrackFile = ({ keyword, block }: Statement): boolean => keyword === 'track_file' && block !== undefined;
  const tracked = lines.filter(isTrackFile).flatMap(({ block }) => block ?? []);
  return {
    ...instance,
    block: [...lines.filter((one) => !isTrackFile(one)), block('track_file', [], [...tracked, ...OWN.map(({ name }) => line(name))])],
  };
}
