import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import type { Problem } from '../../api/problem.ts';
import type { Statement } from '../../conf/tree.ts';
import { byText } from '../../net/text-order.ts';
import { groupReference } from '../reference.ts';
import { unprintable, verbatimLine } from './service-verbatim.ts';

/** The group's own lines of `global_defs`. Its owner chooses the image too, so no keyword is refused; a line that can't be printed is. */
export function globalLines(group: KeepalivedGroup): { readonly lines: readonly Statement[]; readonly problems: readonly Problem[] } {
  const lines: Statement[] = [];
  const problems: Problem[] = [];
  for (const [keyword, value] of Object.entries(group.spec?.verbatimConfig ?? {}).sort(([a], [b]) => byText(a, b))) {
    const statement = verbatimLine(keyword, value);
    const reason = unprintable(statement);
    if (reason === undefined) lines.push(statement);
    else
      problems.push({
        object: groupReference(group),
        reason: 'VerbatimRefused',
        message: `spec.verbatimConfig: ${JSON.stringify(`${keyword} ${value}`.slice(0, 80))} is left out: it ${reason}`,
      });
  }
  return { lines, problems };
}
