import type { ObjectReference, Service } from '../../api/core.ts';
import { parseGroupReference } from '../../api/group/reference.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Problem, Reason } from '../../api/problem.ts';
import { byText } from '../../net/text-order.ts';
import { serviceReference } from '../reference.ts';

/**
 * What is wrong with a Service that no group's plan can say, because the Service names none that there is.
 * @param groups - `namespace/name` of every group
 * @param absence - what is said of one that isn't among them
 */
export function strayProblems(service: Service, groups: Iterable<string>, absence = 'does not exist'): Problem[] {
  const name = SERVICE_ANNOTATIONS.group;
  const value = service.metadata.annotations?.[name];
  if (value === undefined) return misspelledAnnotations(service);
  const object = serviceReference(service);
  const reference = parseGroupReference(value);
  if (reference === undefined)
    return [
      problem(
        object,
        'MalformedGroupReference',
        `annotation ${name} is ${JSON.stringify(value)}; write NAMESPACE/NAME of a KeepalivedGroup`,
      ),
    ];
  const key = `${reference.namespace}/${reference.name}`;
  const known = [...groups].sort(byText);
  if (known.includes(key)) return [];
  const near = nearest(key, known) ?? known.find((one) => one.endsWith(`/${reference.name}`));
  const message = `annotation ${name} names KeepalivedGroup ${key}, which ${absence}; ${near === undefined ? 'create it, or write NAMESPACE/NAME of one that exists' : `did you mean ${near}?`}`;
  return [problem(object, 'GroupNotFound', message), ...misspelledAnnotations(service)];
}

/** Annotations whose key is a slip away from one that the operator reads. */
export function misspelledAnnotations(service: Service): Problem[] {
  const object = serviceReference(service);
  return Object.keys(service.metadata.annotations ?? {}).flatMap((key) => {
    const meant = meantBy(key);
    return meant === undefined ? [] : [problem(object, 'AnnotationMisspelled', `annotation ${key} has no effect; did you mean ${meant}?`)];
  });
}

/** Whether something may have to be said of a Service that names no group. */
export const mayBeMisspelled = ({ metadata }: Service): boolean =>
  Object.keys(metadata.annotations ?? {}).some((key) => meantBy(key) !== undefined);

// --- internal ---

const KEYS: readonly string[] = Object.values(SERVICE_ANNOTATIONS);
/** How many letters may differ. */
const SLIPS = 2;

const problem = (object: ObjectReference, reason: Reason, message: string): Problem => ({ object, reason, message });

/** The operator's key that this one is a slip away from, or that it names under another domain of keepalived; undefined for its own keys. */
function meantBy(key: string): string | undefined {
  if (KEYS.includes(key)) return undefined;
  const [domain = '', name] = key.toLowerCase().split('/');
  const sameName = domain.includes('keepalived') ? KEYS.find((one) => one.split('/')[1] === name) : undefined;
  return sameName ?? nearest(key, KEYS);
}

/** The first text that differs by as few letters as possible, if only by {@link SLIPS}; upper and lower case are alike. */
function nearest(text: string, among: readonly string[]): string | undefined {
  const distances = among.map((one) => ({ one, slips: slipsBetween(text.toLowerCase(), one.toLowerCase()) }));
  return distances.filter(({ slips }) => slips <= SLIPS).sort((a, b) => a.slips - b.slips || byText(a.one, b.one))[0]?.one;
}

/** Levenshtein's distance, for texts whose lengths are close; else more than {@link SLIPS}. */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > SLIPS) return SLIPS + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
