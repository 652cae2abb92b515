import type { LabelSelector } from '../api/core.ts';
import { type Fields, isRecord } from '../api/record.ts';

/** A manifest of somebody else's kind: nothing in it is trusted to be of the right type. */
export type Manifest = Fields;

export const record = (value: unknown): Manifest => (isRecord(value) ? value : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
export const texts = (value: unknown): string[] => list(value).flatMap((one) => text(one) ?? []);
export const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** Texts by name; what is no text is left out. */
export const textMap = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(record(value)).flatMap(([key, one]) => (typeof one === 'string' ? [[key, one] as const] : [])));

export const nameOf = (object: Manifest): string => text(record(object.metadata).name) ?? '';
export const namespaceOf = (object: Manifest): string | undefined => text(record(object.metadata).namespace);
export const specOf = (object: Manifest): Manifest => record(object.spec);

/** `IPAddressPool metallb-system/lan`. */
export function labelOf(object: Manifest): string {
  const namespace = namespaceOf(object);
  return `${text(object.kind) ?? 'object'} ${namespace === undefined ? '' : `${namespace}/`}${nameOf(object)}`;
}

/** Whether the object is of a kind of an API group, of whatever version. */
export const isOf = (object: Manifest, group: string, kind: string): boolean =>
  object.kind === kind && text(object.apiVersion)?.split('/')[0] === group;

/** A label selector; undefined where there is none. An empty one selects everything. */
export function selectorOf(value: unknown): LabelSelector | undefined {
  if (value === undefined || value === null) return undefined;
  const { matchLabels, matchExpressions } = record(value);
  const expressions = list(matchExpressions).map((one) => {
    const { key, operator, values } = record(one);
    return { key: text(key) ?? '', operator: text(operator) ?? '', ...(values !== undefined && { values: texts(values) }) };
  });
  return {
    ...(matchLabels !== undefined && { matchLabels: textMap(matchLabels) }),
    ...(expressions.length > 0 && { matchExpressions: expressions }),
  };
}

export const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
