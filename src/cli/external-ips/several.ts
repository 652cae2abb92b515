import { type ApplyOptions, convertService, Fault } from './apply.ts';
import type { ExternalIPs } from './external-ips.ts';

/** Most of the time a Service waits for the manager. Few, so that whoever breaks off the command has few Services to look after. */
const AT_A_TIME = 4;

export interface Converted {
  readonly count: number;
  /** Of Services that are as far as they say; those that hadn't begun at the first of them are as they were. */
  readonly faults: readonly Fault[];
}

/**
 * Converts Services, a few at a time, each by itself in its own safe steps; those that share an address one after the other, since a
 * reservation is for one Service. After a fault none begins any more, and those that have begun go on to their end.
 */
export async function convertAll(services: readonly ExternalIPs[], options: ApplyOptions): Promise<Converted> {
  const waiting = [...services];
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  let count = 0;
  const convert = async (one: ExternalIPs): Promise<void> => {
    for (const address of one.addresses) busy.add(address);
    try {
      await convertService(one, options);
      count += 1;
    } catch (error) {
      errors.push(error);
    }
    for (const address of one.addresses) busy.delete(address);
  };
  for (;;) {
    const next = errors.length === 0 && running.size < AT_A_TIME ? taken(waiting, busy) : undefined;
    if (next !== undefined) {
      const work = convert(next).finally(() => running.delete(work));
      running.add(work);
    } else if (running.size > 0) await Promise.race(running);
    else break;
  }
  const strange = errors.find((error) => !(error instanceof Fault));
  if (strange !== undefined) throw strange;
  return { count, faults: errors as Fault[] };
}

// --- internal ---

/** The first that shares no address with those at work, taken out of the list. */
function taken(waiting: ExternalIPs[], busy: ReadonlySet<string>): ExternalIPs | undefined {
  const index = waiting.findIndex(({ addresses }) => !addresses.some((address) => busy.has(address)));
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}
