/** What OpenShift's console shows of a KeepalivedGroup, from the CRD's schema. */

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

export interface Descriptor {
  readonly path: string;
  readonly displayName: string;
  readonly description?: string;
  readonly 'x-descriptors'?: readonly string[];
}

/** A descriptor for each field directly below spec or status, by path. */
export const descriptors = (schema: Schema): Descriptor[] =>
  Object.entries(schema.properties ?? {})
    .map(([path, field]) => ({
      path,
      displayName: displayName(path),
      ...(field.description !== undefined && { description: field.description }),
      ...(widget(path, field) && { 'x-descriptors': [`urn:alm:descriptor:${widget(path, field)}`] }),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** `interfaceFromIP` as people read it: `Interface from IP`. */
export function displayName(path: string): string {
  const words = path.split(/(?<=[a-z])(?=[A-Z])/).map((word) => (/^[A-Z]{2}/.test(word) ? word : word.toLowerCase()));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// --- internal ---

function widget(path: string, { type }: Schema): string | undefined {
  if (path === 'conditions') return 'io.kubernetes.conditions';
  if (path === 'nodeSelector') return 'com.tectonic.ui:selector:core:v1:Node';
  if (type === 'boolean') return 'com.tectonic.ui:booleanSwitch';
  if (type === 'string') return 'com.tectonic.ui:text';
  if (type === 'integer') return 'com.tectonic.ui:number';
  return undefined;
}
