import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import type { Statement } from '../../conf/tree.ts';
import { byText } from '../../net/text-order.ts';
import { groupReference } from '../reference.ts';
import { globalLine } from './global-line.ts';
import { unprintable, verbatimLine } from './service-verbatim.ts';
import { fits } from './value.ts';

/**
 * The group's own lines of `global_defs`. Its owner chooses the image too, so none is forbidden; one that keepalived would refuse, or warn
 * about, is left out, because no node takes up a file of which it says anything.
 */
export function globalLines(group: KeepalivedGroup): { readonly lines: readonly Statement[]; readonly problems: readonly Problem[] } {
  const lines: Statement[] = [];
  const problems: Problem[] = [];
  for (const [keyword, value] of Object.entries(group.spec?.verbatimConfig ?? {}).sort(([a], [b]) => byText(a, b))) {
    const statement = verbatimLine(keyword, value);
    const because = whyNot(statement);
    if (because === undefined) lines.push(statement);
    else
      problems.push({
        object: groupReference(group),
        reason: 'VerbatimRefused',
        message: `spec.verbatimConfig: ${JSON.stringify(`${keyword} ${value}`.trim().slice(0, 80))} is left out: ${because}`,
      });
  }
  return { lines, problems };
}

// --- internal ---

function whyNot(statement: Statement): string | undefined {
  const reason = unprintable(statement);
  if (reason !== undefined) return `it ${reason}`;
  const known = globalLine(statement.keyword);
  if (known.kind === 'refused') return known.because;
  return fits(known.value, statement.words.join(' ')) ? undefined : `${statement.keyword} takes ${known.value.expected}`;
}
