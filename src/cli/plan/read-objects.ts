import type { KubernetesObject } from '../../api/core.ts';
import { parseGroupReference } from '../../api/group/reference.ts';
import { parseKubernetesYaml, YamlError } from '../../api/kubernetes-yaml.ts';
import { isRecord } from '../../api/record.ts';
import { READ_KINDS } from './kind.ts';
import { mismatch, withoutNulls } from './shape.ts';

/** A text of YAML or JSON, and what messages call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Nobody named the file itself, so it may hold what is no Kubernetes object: values of a chart, for instance. */
  readonly isFromFolder?: boolean;
}

/** What was read, and a sentence for each document that was left out. */
export interface ReadObjects {
  readonly objects: readonly KubernetesObject[];
  readonly leftOut: readonly string[];
}

/** Input that can't be read; the message names file, document and object. */
export class UnreadableInput extends Error {
  override readonly name = 'UnreadableInput';
}

/**
 * Every object of the sources that a plan is made from, lists opened; a namespaced one that names no namespace is in `namespace`.
 * Throws {@link UnreadableInput}, also for an object that comes twice.
 */
export function readObjects(sources: readonly Source[], namespace: string): ReadObjects {
  const seen = new Map<string, string>();
  const leftOut: string[] = [];
  const objects = sources
    .flatMap((source) => documentsOf(source, leftOut))
    .flatMap(({ value, place }) => {
      const object = known(value, place, namespace);
      if (object === undefined) return [];
      const key = `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      const before = seen.get(key);
      if (before !== undefined) throw new UnreadableInput(`${place}: ${labelOf(object)} is in ${before} already; leave one of them out`);
      seen.set(key, place);
      return [object];
    });
  return { objects, leftOut };
}

/** Every object of the sources, of whatever kind, lists opened. Throws {@link UnreadableInput} for what is no object. */
export function readManifests(sources: readonly Source[]): {
  readonly manifests: readonly Found['value'][];
  readonly leftOut: readonly string[];
} {
  const leftOut: string[] = [];
  const manifests = sources.flatMap((source) => documentsOf(source, leftOut)).map(({ value }) => value);
  return { manifests, leftOut };
}

// --- internal ---

interface Found {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: string;
}

function documentsOf({ name, text, isFromFolder = false }: Source, leftOut: string[]): Found[] {
  try {
    const values = parseKubernetesYaml(text);
    return values.flatMap((value, index) => {
      const place = values.length === 1 ? name : `${name}, document ${index + 1}`;
      const why = whyNoObject(value);
      if (why === undefined || !isFromFolder) return opened(withoutNulls(value), place);
      leftOut.push(`${place}: ${why}; left out`);
      return [];
    });
  } catch (error) {
    if (error instanceof YamlError) throw new UnreadableInput(`${name}, ${error.message}`);
    throw error;
  }
}

/** A List, of any kind, is its items. */
function opened(value: unknown, place: string): Found[] {
  if (!isObject(value)) throw new UnreadableInput(`${place}: ${whyNoObject(value)}`);
  const { kind, apiVersion, items } = value;
  if (!kind.endsWith('List') || !Array.isArray(items)) return [{ value, place }];
  // Items of a list that the API gave don't say what they are.
  const inherited = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.flatMap((item, index) => opened(isRecord(item) ? { ...inherited, ...item } : item, `${place}, item ${index + 1}`));
}

interface KindOfObject extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly apiVersion: string;
}

const isObject = (value: unknown): value is KindOfObject => whyNoObject(value) === undefined;

/** Why a value is no Kubernetes object, as a sentence. */
function whyNoObject(value: unknown): string | undefined {
  if (!isRecord(value)) return `found ${described(value)}, expected a Kubernetes object`;
  const missing = ['kind', 'apiVersion'].find((name) => typeof value[name] !== 'string');
  return missing && `the object has no ${missing}; every Kubernetes object has one`;
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
