import type { Node } from '../../api/core.ts';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { PREFERRED_NODES_ANNOTATION } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { isRecord } from '../../api/record.ts';
import { byText } from '../../net/text-order.ts';
import { groupReference } from '../reference.ts';
import type { Home } from './homes.ts';

/** By the name of a virtual router, the node that somebody wants it to be on, before its home. */
export type Preferences = ReadonlyMap<string, string>;

/** What the annotation of a group asks for, as far as it names virtual routers and nodes of the group. */
export function preferences(
  group: KeepalivedGroup,
  routers: Iterable<string>,
  nodes: readonly Node[],
): { readonly preferred: Preferences; readonly problems: readonly Problem[] } {
  const asked = preferredNodesIn(group);
  const ignored = (message: string): Problem => ({ object: groupReference(group), reason: 'PreferenceIgnored', message });
  if (asked === undefined)
    return {
      preferred: new Map(),
      problems: [
        ignored(
          `the annotation ${PREFERRED_NODES_ANNOTATION} is not a JSON object of strings, such as {"web/web": "node2"}; nothing of it counts`,
        ),
      ],
    };
  const [names, members] = [new Set(routers), new Set(nodes.map(({ metadata }) => metadata.name))];
  const entries = Object.entries(asked).sort(([a], [b]) => byText(a, b));
  const whyNot = ([router, node]: readonly [string, string]): string | undefined => {
    if (!names.has(router)) return `${JSON.stringify(router)} is not a virtual router of the group`;
    return members.has(node) ? undefined : `${JSON.stringify(node)}, which is to have ${router}, is not a node of the group`;
  };
  const wrong = entries.flatMap((entry) => whyNot(entry) ?? []);
  const more = wrong.length > SHOWN ? ` and ${wrong.length - SHOWN} more` : '';
  return {
    preferred: new Map(entries.filter((entry) => whyNot(entry) === undefined)),
    problems:
      wrong.length === 0
        ? []
        : [
            ignored(
              `entries of the annotation ${PREFERRED_NODES_ANNOTATION} do not count: ${wrong.slice(0, SHOWN).join('; ')}${more}; take them out`,
            ),
          ],
  };
}

/** What the annotation says, whether it can be followed or not; nothing without it, undefined where it is not what it has to be. */
export function preferredNodesIn({ metadata }: Pick<KeepalivedGroup, 'metadata'>): Readonly<Record<string, string>> | undefined {
  const text = metadata.annotations?.[PREFERRED_NODES_ANNOTATION];
  if (text === undefined || text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && Object.values(value).every((node) => typeof node === 'string')
      ? (value as Record<string, string>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The nodes that come first: the one that is wanted, then those of the home. Whether they are fit decides as for any other. */
export const homeWith = (preferred: string | undefined, home: Home = []): Home =>
  preferred === undefined ? home : [preferred, ...home.filter((node) => node !== preferred)];

// --- internal ---

/** How many entries a message names. */
const SHOWN = 3;
