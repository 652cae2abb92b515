import { KUBERNETES_SCHEMA } from './kubernetes-schema.ts';
import { type Type, typeOf } from './type.ts';

/** A field of a structure as a template names it. */
export interface Field {
  readonly name: string;
  readonly type: Type;
  /** Keys that lead from the structure's JSON to the field's; empty for a structure that is inlined. */
  readonly path: readonly string[];
}

/**
 * The custom resource as the Go operator knew it, and the root. A line is a structure: its name, then `Field:type` for
 * each field, `=key` where the JSON key is not the field's name with its first capitals lowered; `+Name` is an embedded
 * structure, whose fields count as fields of this one, in the same JSON object unless `=key` says where.
 */
const OWN_SCHEMA = `
Data KeepalivedGroup:KeepalivedGroup=KeepalivedGroup Services:[]Service=Services KeepalivedPods:[]Pod=KeepalivedPods Misc:map[string]string=Misc Blocks:[]Block=Blocks
Block Keyword:string=Keyword Name:string=Name Lines:[]Line=Lines
Line Keyword:string=Keyword Text:string=Text
KeepalivedGroup +TypeMeta +ObjectMeta=metadata Spec:KeepalivedGroupSpec Status:KeepalivedGroupStatus
KeepalivedGroupSpec NodeSelector:map[string]string Image:string Interface:string InterfaceFromIP:string PasswordAuth:PasswordAuth VerbatimConfig:map[string]string BlacklistRouterIDs:[]int UnicastEnabled:bool DaemonsetPodPriorityClassName:string DaemonsetPodAnnotations:map[string]string
KeepalivedGroupStatus Conditions:[]Condition RouterIDs:map[string]int
PasswordAuth SecretRef:LocalObjectReference SecretKey:string
`;

/** The structure's fields by name, promoted ones included; nothing for a structure that no schema names. */
export function fieldsOf(structure: string): ReadonlyMap<string, Field> {
  const known = flattened.get(structure);
  if (known !== undefined) return known;
  const fields = flatten(structure);
  flattened.set(structure, fields);
  return fields;
}

/** The JSON key of a Go field: `ExternalIPs` externalIPs, `ClusterIP` clusterIP, `IPMode` ipMode, `UID` uid. */
export function jsonKey(field: string): string {
  const capitals = /^[A-Z]+/.exec(field)?.[0].length ?? 0;
  const lowered = capitals > 1 && capitals < field.length ? capitals - 1 : capitals;
  return field.slice(0, lowered).toLowerCase() + field.slice(lowered);
}

// --- internal ---

interface Entry extends Field {
  readonly embedded: boolean;
}

const structures: ReadonlyMap<string, readonly Entry[]> = new Map(
  `${KUBERNETES_SCHEMA}${OWN_SCHEMA}`
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...entries] = line.split(' ');
      return [name, entries.map(entryOf)] as const;
    }),
);

const flattened = new Map<string, ReadonlyMap<string, Field>>();

function entryOf(text: string): Entry {
  const [declaration = '', key] = text.split('=');
  if (declaration.startsWith('+')) {
    const name = declaration.slice(1);
    return { name, type: typeOf(name), path: key === undefined ? [] : [key], embedded: true };
  }
  const colon = declaration.indexOf(':');
  const name = declaration.slice(0, colon);
  return { name, type: typeOf(declaration.slice(colon + 1)), path: [key ?? jsonKey(name)], embedded: false };
}

/** A structure's own fields hide those of the structures embedded in it. */
function flatten(structure: string): ReadonlyMap<string, Field> {
  const entries = structures.get(structure) ?? [];
  const fields = new Map<string, Field>(entries.map(({ name, type, path }) => [name, { name, type, path }]));
  for (const outer of entries.filter(({ embedded }) => embedded))
    for (const inner of fieldsOf(outer.name).values())
      if (!fields.has(inner.name)) fields.set(inner.name, { ...inner, path: [...outer.path, ...inner.path] });
  return fields;
}
