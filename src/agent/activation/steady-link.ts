/** The link in use, and another one that was seen instead of it. */
export interface SteadyLink {
  readonly link: string | null;
  readonly other: string | null;
}

/**
 * The link after one more look. A route that is away for a moment changes nothing while the interface exists; another interface counts when
 * it is seen twice, because moving the group costs every VIP on the node.
 */
export function steady(before: SteadyLink, seen: string | null, exists: (name: string) => boolean): SteadyLink {
  const { link, other } = before;
  if (link === null || !exists(link)) return { link: seen, other: null };
  if (seen === null || seen === link) return { link, other: null };
  return seen === other ? { link: seen, other: null } : { link, other: seen };
}
