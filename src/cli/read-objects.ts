import type { KubernetesObject } from '../api/core.ts';
import { parseGroupReference } from '../api/group/reference.ts';
import { parseKubernetesYaml, YamlError } from '../api/kubernetes-yaml.ts';
import { READ_KINDS } from './kind.ts';
import { isRecord, mismatch, withoutNulls } from './shape.ts';

/** A text of YAML or JSON, and what messages call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Input that can't be read; the message names file, document and object. */
export class UnreadableInput extends Error {
  override readonly name = 'UnreadableInput';
}

/**
 * Every object of the sources that a plan is made from, lists opened; a namespaced one that names no namespace is in `namespace`.
 * Throws {@link UnreadableInput}, also for an object that comes twice.
 */
export function readObjects(sources: readonly Source[], namespace: string): KubernetesObject[] {
  const seen = new Map<string, string>();
  return sources.flatMap(documentsOf).flatMap(({ value, place }) => {
    const object = known(value, place, namespace);
    if (object === undefined) return [];
    const key = `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const before = seen.get(key);
    if (before !== undefined) throw new UnreadableInput(`${place}: ${labelOf(object)} is in ${before} already; leave one of them out`);
    seen.set(key, place);
    return [object];
  });
}

// --- internal ---

interface Found {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: string;
}

function documentsOf({ name, text }: Source): Found[] {
  try {
    const values = parseKubernetesYaml(text);
    return values.flatMap((value, index) => opened(withoutNulls(value), values.length === 1 ? name : `${name}, document ${index + 1}`));
  } catch (error) {
    if (error instanceof YamlError) throw new UnreadableInput(`${name}, ${error.message}`);
    throw error;
  }
}

/** A List, of any kind, is its items. */
function opened(value: unknown, place: string): Found[] {
  if (!isRecord(value)) throw new UnreadableInput(`${place}: found ${described(value)}, expected a Kubernetes object`);
  const { kind, apiVersion, items } = value;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string')
    throw new UnreadableInput(
      `${place}: the object has no ${typeof kind === 'string' ? 'apiVersion' : 'kind'}; every Kubernetes object has one`,
    );
  if (!kind.endsWith('List') || !Array.isArray(items)) return [{ value, place }];
  // Items of a list that the API gave don't say what they are.
  const inherited = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.flatMap((item, index) => opened(isRecord(item) ? { ...inherited, ...item } : item, `${place}, item ${index + 1}`));
}

function known(value: Found['value'], place: string, namespace: string): KubernetesObject | undefined {
  const kind = READ_KINDS.find((one) => one.kind === value.kind && one.apiVersion === value.apiVersion);
  if (kind === undefined) return undefined;
  const { metadata } = value;
  if (!isRecord(metadata) || typeof metadata.name !== 'string' || metadata.name === '')
    throw new UnreadableInput(`${place}: the ${kind.kind} has no metadata.name`);
  const placed = kind.namespaced ? { namespace, ...metadata } : metadata;
  const object = { ...value, metadata: placed } as unknown as KubernetesObject;
  const { namespace: where = 'any', name } = object.metadata;
  if (parseGroupReference(`${where}/${name}`) === undefined)
    throw new UnreadableInput(`${place}: ${JSON.stringify(labelOf(object))}: Kubernetes takes names of a-z, 0-9, - and . only`);
  const wrong = mismatch(value, kind.shape);
  if (wrong !== undefined) throw new UnreadableInput(`${place}: ${labelOf(object)}: ${wrong}`);
  return object;
}

const labelOf = ({ kind, metadata: { namespace, name } }: KubernetesObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

const described = (value: unknown): string => (Array.isArray(value) ? 'a list' : `${typeof value} ${JSON.stringify(value)}`);
