import type { Condition } from '../api/core.ts';
import type { Word } from './evidence.ts';

/**
 * Services with policy Local, `namespace/name`, of which every node that answers has found that it has no ready endpoint, so that their addresses
 * are nobody's to serve. A node that could not ask may have one. The same set while nothing changes.
 */
export function withoutEndpoints(words: readonly Word[], before: ReadonlySet<string> = NONE): ReadonlySet<string> {
  const checks = words.flatMap(({ silentSince, report }) => (silentSince === undefined ? (report.checks ?? []) : []));
  const served = new Set(checks.flatMap(({ name, finding }) => (finding === 'none' ? [] : [name])));
  const found = new Set(checks.flatMap(({ name }) => (served.has(name) ? [] : [name])));
  return found.size === before.size && [...found].every((name) => before.has(name)) ? before : found;
}

/** Type and reasons of the condition of a VirtualIP that says whether a Service with policy Local can be served at all. */
export const ENDPOINTS_READY = { type: 'EndpointsReady', well: 'ReadyEndpoint', wrong: 'NoReadyEndpoint' } as const;

/** The condition of an address, by those of its Services that have no endpoint. */
export function endpointsReady(address: string, unserved: readonly string[]): Omit<Condition, 'lastTransitionTime' | 'observedGeneration'> {
  const { type, well, wrong } = ENDPOINTS_READY;
  if (unserved.length === 0)
    return { type, status: 'True', reason: well, message: `a node of the group has a ready endpoint of each Service with ${address}` };
  const names = unserved.slice(0, MOST_NAMES).join(', ');
  const more = unserved.length > MOST_NAMES ? ` and ${unserved.length - MOST_NAMES} more` : '';
  return {
    type,
    status: 'False',
    reason: wrong,
    message: `no node of the group has a ready endpoint of ${names}${more} (externalTrafficPolicy Local), so nothing answers there on ${address}; look at the pods that the selector of the Service chooses, and whether they are Ready on nodes of the group`,
  };
}

// --- internal ---

const MOST_NAMES = 5;

const NONE: ReadonlySet<string> = new Set();
