import { PREFERRED_NODES_ANNOTATION } from '../../api/names.ts';
import { byText } from '../../net/text-order.ts';
import { preferredNodesIn } from '../../plan/placement/preference.ts';

/** What a group's annotation says; nothing where it is not what it has to be, which counts for nothing either. */
export const entriesOf = (text: string | undefined): Readonly<Record<string, string>> =>
  preferredNodesIn({ metadata: { name: '', ...(text !== undefined && { annotations: { [PREFERRED_NODES_ANNOTATION]: text } }) } }) ?? {};

/** The annotation with entries set, or taken out where they are undefined; undefined when none is left. */
export function edited(text: string | undefined, changes: Readonly<Record<string, string | undefined>>): string | undefined {
  const entries = Object.entries({ ...entriesOf(text), ...changes }).filter(([, node]) => node !== undefined);
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => byText(a, b))));
}
