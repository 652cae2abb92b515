import type { Service } from '../../api/core.ts';
import { ALLOCATION_ANNOTATIONS } from '../../api/names.ts';

/**
 * Why two Services can't have one address together, as the end of a sentence about the second; undefined where they can. The rule is that
 * of Kubernetes, where a connection is told by address, protocol and port.
 */
export function sharingObstacle(first: Service, second: Service): string | undefined {
  if (!areClose(first, second))
    return `to share it across namespaces, give both Services the same annotation ${ALLOCATION_ANNOTATIONS.sharingKey}`;
  const port = commonPort(first, second);
  if (port !== undefined) return `both Services use port ${port}; to share the address, change one of the two`;
  if (isLocal(first) !== isLocal(second) || (isLocal(first) && selectorOf(first) !== selectorOf(second)))
    return 'with externalTrafficPolicy Local, Services share an address only if both have that policy and the same selector';
  return undefined;
}

// --- internal ---

/** Whether they need no key, or have the same. */
function areClose(first: Service, second: Service): boolean {
  if (first.metadata.namespace === second.metadata.namespace) return true;
  const key = keyOf(first);
  return key !== '' && key === keyOf(second);
}

const keyOf = ({ metadata }: Service): string => metadata.annotations?.[ALLOCATION_ANNOTATIONS.sharingKey]?.trim() ?? '';
const isLocal = ({ spec }: Service): boolean => spec?.externalTrafficPolicy === 'Local';
const selectorOf = ({ spec }: Service): string => JSON.stringify(Object.entries(spec?.selector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A Service whose ports aren't known is taken to use all. */
function commonPort(first: Service, second: Service): string | undefined {
  const [ours, theirs] = [portsOf(first), portsOf(second)];
  if (ours.length === 0 || theirs.length === 0) return [...ours, ...theirs][0] ?? 'numbers that are not known';
  return theirs.find((port) => ours.includes(port));
}

/** `80/TCP`. */
export const portsOf = ({ spec }: Service): string[] => (spec?.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`);
