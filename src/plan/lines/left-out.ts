import type { ObjectReference } from '../../api/core.ts';
import type { Problem } from '../../api/problem.ts';
import { print } from '../../conf/print.ts';
import type { Statement } from '../../conf/tree.ts';
import { byText } from '../../net/text-order.ts';
import type { WantedRouter } from '../claims/claim.ts';
import type { PlanInput } from '../input.ts';
import { groupReference } from '../reference.ts';

/** Lines that nodes run without because their keepalived refuses them, each on the object that has it. A node's word about another line counts for nothing. */
export function leftOutProblems(
  { routers, globals }: { readonly routers: readonly WantedRouter[]; readonly globals: readonly Statement[] },
  { group, reports }: PlanInput,
): Problem[] {
  const said = reports.flatMap(({ config }) => config.leftOut ?? []);
  if (said.length === 0) return [];
  const asked = new Map<string, ObjectReference>([
    ...globals.map((line) => [`KeepalivedGroup ${textOf(line)}`, groupReference(group)] as const),
    ...routers.flatMap(({ service, object, verbatim }) => verbatim.map((line) => [`Service ${service} ${textOf(line)}`, object] as const)),
  ]);
  const found = said.flatMap(({ object, line, message }) => {
    const key = object.startsWith('Service ') ? `${object} ${line}` : `KeepalivedGroup ${line}`;
    const reference = asked.get(key);
    return reference === undefined ? [] : [[key, { reference, line, message }] as const];
  });
  // Nodes may say it in other words: one of them is enough, and always the same one.
  const first = new Map([...found].sort(([a, one], [b, other]) => byText(a, b) || byText(other.message, one.message)));
  return [...first.values()].map(({ reference, line, message }) => ({
    object: reference,
    reason: 'VerbatimRefused',
    message: `"${line}" is left out by the nodes, because keepalived refuses it: ${message.slice(0, LONGEST)}; correct or remove it`,
  }));
}

/** The line as the file has it. */
const textOf = (line: Statement): string => print([line]).trim();

// --- internal ---

const LONGEST = 300;
