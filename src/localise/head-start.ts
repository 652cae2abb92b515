import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { isOwnTrackFile } from './drain.ts';
import { instanceOf, isInstance, syncedNames } from './instance.ts';

/** The priority of the first node in an instance's order. */
const FIRST = 254;

/** A file for one step, and the names of the instances that it starts as masters. */
export interface HeadStart {
  readonly conf: Conf;
  readonly names: readonly string[];
}

/**
 * The same file with a head start for the instances that are new on this node, or that keepalived begins anew because they get or lose their
 * virtual MAC address, where it is the first in their order: as priority 255 and state
 * MASTER they serve at once, and do not listen for three adverts first. Only for one step: the file itself has to follow, which a master takes
 * without a pause. An instance that a track file can weigh down has one only where that is known to be healthy: then it comes first by its
 * priority alone. Null when no instance is to have one.
 */
export function headStart(conf: Conf, running: Conf, healthy: ReadonlySet<string> = new Set()): HeadStart | null {
  const known = new Set(running.filter(isInstance).flatMap((one) => identities(one, running)));
  const synced = syncedNames(conf);
  const starts = (one: Statement): boolean => {
    if (!isInstance(one)) return false;
    const instance = instanceOf(one, conf);
    const isNew = !identities(one, conf).some((identity) => known.has(identity));
    return (
      isNew && instance.priority === FIRST && !synced.has(instance.name) && !(one.block ?? []).some((part) => hasOwnElection(part, healthy))
    );
  };
  const names = conf.filter(starts).map(({ words }) => words[0] ?? '');
  return names.length === 0 ? null : { names, conf: conf.map((one) => (starts(one) ? started(one) : one)) };
}

/** The same for the instances whose addresses a daemon that was killed left on the node: all of them are among those `present`. */
export function headStartAgain(conf: Conf, present: (address: string) => boolean, healthy: ReadonlySet<string>): HeadStart | null {
  const released = conf.filter((one) => isInstance(one) && !instanceOf(one, conf).addresses.every(present));
  return headStart(conf, released, healthy);
}

// --- internal ---

/** What keepalived knows an instance by: its name, or its router, by which one that is renamed keeps its state. With another interface it begins anew. */
function identities(statement: Statement, conf: Conf): string[] {
  const { name, family, virtualRouterId } = instanceOf(statement, conf);
  const hasVirtualMac = (statement.block ?? []).some(({ keyword }) => keyword === 'use_vmac');
  return [`name ${name}`, `${family} ${virtualRouterId}`].map((identity) => `${identity} ${hasVirtualMac}`);
}

/** Lines that say who is to be master in another way than by priority; an owner's priority would override them. */
function hasOwnElection({ keyword, block: lines = [] }: Statement, healthy: ReadonlySet<string>): boolean {
  if (keyword === 'track_file') return lines.some((one) => !isOwnTrackFile(one.keyword) && !healthy.has(one.keyword));
  return keyword === 'nopreempt' || keyword === 'preempt_delay' || keyword.startsWith('track_');
}

function started(instance: Statement): Statement {
  const kept = (instance.block ?? []).filter(({ keyword }) => !['state', 'priority', 'track_file'].includes(keyword));
  return block('vrrp_instance', instance.words, [line('state', 'MASTER'), line('priority', 255), ...kept]);
}
