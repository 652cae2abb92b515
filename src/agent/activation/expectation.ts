import type { Conf } from '../../conf/tree.ts';
import { instancesOf } from '../../localise/instance.ts';
import type { DumpedInstance } from '../../vrrp/dump.ts';
import { canonical } from '../observation/canonical.ts';

/** Differences between the file that was handed to the daemon and what the daemon says it runs, in words; empty when it runs the file. */
export function differences(conf: Conf, dump: readonly DumpedInstance[]): string[] {
  const running = new Map(dump.map((instance) => [instance.name, instance]));
  const expected = instancesOf(conf);
  const names = new Set(expected.map(({ name }) => name));
  const extra = dump.filter(({ name }) => !names.has(name)).map(({ name }) => `${name} still runs`);
  const missing = expected.flatMap((instance) => {
    const found = running.get(instance.name);
    if (found === undefined) return [`${instance.name} does not run`];
    return [
      ...differ(`${instance.name} virtual_router_id`, instance.virtualRouterId, found.virtualRouterId),
      ...differ(`${instance.name} priority`, instance.priority, found.basePriority),
      ...differ(`${instance.name} addresses`, addressSet(instance.addresses), addressSet(found.addresses)),
    ];
  });
  return [...missing, ...extra];
}

// --- internal ---

function differ(what: string, expected: string | number, found: string | number): string[] {
  return expected === found ? [] : [`${what} is ${found}, expected ${expected}`];
}

const addressSet = (addresses: readonly string[]): string => [...new Set(addresses.map(canonical))].sort().join(' ');
