import { PREFERRED_NODES_ANNOTATION } from '../../api/names.ts';
import { byText } from '../../net/text-order.ts';
import { WHY } from '../../plan/placement/standing.ts';
import type { PlannedCluster } from './cluster.ts';
import { edited, entriesOf } from './entries.ts';
import { addressesInWords, byRouter, type Job, placeOf, sharedName } from './job.ts';
import type { Undo } from './undo.ts';

/** What there is to do, or why it can't be done: a sentence. */
export type Found = { readonly kind: 'jobs'; readonly jobs: readonly Job[] } | { readonly kind: 'refused'; readonly why: string };

/** Everything that the node has or is to have, each to the node that gets it when this one is drained. */
export function jobsOfDrain(cluster: PlannedCluster, node: string): Found {
  const drained = cluster.withDrain(node, true);
  const stuck: string[] = [];
  const jobs = [...cluster.plans].flatMap(([group, plan]) => {
    const after = drained.plans.get(group);
    const targets = byRouter(after?.routers ?? []);
    return [...byRouter(plan.routers)].flatMap(([router, { addresses, first }]): Job[] => {
      const { node: from } = placeOf(cluster.groups.get(group), router);
      if (from !== node && first !== node) return [];
      const to = targets.get(router)?.first;
      if (to === undefined || to === node || after?.standing.has(to)) {
        stuck.push(...addresses);
        return [];
      }
      const before = entryOf(cluster, group, router);
      return [{ group, router, addresses, to, after: to, ...(from !== undefined && { from }), ...(before !== undefined && { before }) }];
    });
  });
  if (stuck.length > 0)
    return { kind: 'refused', why: `no other node that is fit can have ${addressesInWords(stuck)}; nothing was changed` };
  return { kind: 'jobs', jobs: jobs.sort((a, b) => byText(a.group, b.group) || byText(a.router, b.router)) };
}

/** What a drain moved away, back; what somebody moved since stays where that put it. */
export function jobsOfUndrain(cluster: PlannedCluster, node: string, undo: Undo): Job[] {
  const written = (group: string): (readonly [string, string | undefined])[] =>
    Object.entries(undo[group] ?? {})
      .filter(([router, { to }]) => entryOf(cluster, group, router) === to)
      .map(([router, { before }]) => [router, before]);
  const restored = Object.keys(undo).reduce(
    (one, group) => one.withPreferred(group, (text) => edited(text, Object.fromEntries(written(group)))),
    cluster.withDrain(node, false),
  );
  return Object.keys(undo).flatMap((group) => {
    const targets = byRouter(restored.plans.get(group)?.routers ?? []);
    return written(group).flatMap(([router, after]): Job[] => {
      const { addresses, first: to } = targets.get(router) ?? {};
      if (addresses === undefined || to === undefined) return [];
      const { node: from } = placeOf(cluster.groups.get(group), router);
      const before = entryOf(cluster, group, router);
      return [
        {
          group,
          router,
          addresses,
          to,
          ...(before !== undefined && { before }),
          ...(from !== undefined && { from }),
          ...(after !== undefined && { after }),
        },
      ];
    });
  });
}

/** The address's virtual router to the node; without one back to the node that its group chose. */
export function jobOfMove(cluster: PlannedCluster, address: string, node: string | undefined): Found {
  for (const [group, plan] of cluster.plans) {
    const router = plan.routers.find(({ addresses }) => addresses.includes(address));
    if (router === undefined) continue;
    const name = sharedName(router.name);
    const home = cluster.withPreferred(group, (text) => edited(text, { [name]: undefined }));
    const homeNode = byRouter(home.plans.get(group)?.routers ?? []).get(name)?.first;
    const to = node ?? homeNode;
    const why = to === undefined ? 'no node runs its group' : whyUnfit(cluster, group, to);
    if (to === undefined || why !== undefined) return { kind: 'refused', why: `${address} can not go there: ${why}; nothing was changed` };
    const { node: from } = placeOf(cluster.groups.get(group), name);
    const before = entryOf(cluster, group, name);
    const addresses = byRouter(plan.routers).get(name)?.addresses ?? [];
    const entries = { ...(before !== undefined && { before }), ...(to !== homeNode && { after: to }) };
    return { kind: 'jobs', jobs: [{ group, router: name, addresses, to, ...entries, ...(from !== undefined && { from }) }] };
  }
  return { kind: 'refused', why: `no KeepalivedGroup carries ${address}` };
}

// --- internal ---

const entryOf = (cluster: PlannedCluster, group: string, router: string): string | undefined =>
  entriesOf(cluster.groups.get(group)?.metadata.annotations?.[PREFERRED_NODES_ANNOTATION])[router];

function whyUnfit(cluster: PlannedCluster, group: string, node: string): string | undefined {
  const plan = cluster.plans.get(group);
  if (plan === undefined || !plan.nodes.includes(node))
    return `${node} is not a node of KeepalivedGroup ${group}, which has ${plan?.nodes.join(', ') || 'none'}`;
  const why = plan.standing.get(node);
  return why === undefined ? undefined : `${node} ${WHY[why]}`;
}
