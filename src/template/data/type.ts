/**
 * Types of the values that templates meet, named as Go names them, because text/template decides by type:
 * what is absent has its type's zero value, an unknown field is an error, and only like kinds compare.
 */
export type Type =
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly name: string }
  | { readonly kind: 'float' }
  | { readonly kind: 'string' }
  | { readonly kind: 'slice'; readonly element: Type }
  | { readonly kind: 'map'; readonly element: Type }
  | { readonly kind: 'pointer'; readonly to: Type }
  | StructType
  | OpaqueType;

/** A structure of known fields, whose JSON is an object. */
export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
}

/** A structure with its own JSON form, of which templates see the text. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly name: OpaqueName;
}

export const OPAQUE_NAMES = ['Time', 'Quantity', 'IntOrString', 'FieldsV1'] as const;
export type OpaqueName = (typeof OPAQUE_NAMES)[number];

export const NIL: Type = { kind: 'nil' };
export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int', name: 'int' };
export const BYTE: Type = { kind: 'int', name: 'uint8' };
export const FLOAT: Type = { kind: 'float' };
export const STRING: Type = { kind: 'string' };
export const STRINGS: Type = { kind: 'slice', element: STRING };
export const STRING_MAP: Type = { kind: 'map', element: STRING };

/** The type that Go's notation says: `string`, `int32`, `[]ServicePort`, `map[string]Quantity`, `*bool`. */
export function typeOf(notation: string): Type {
  if (notation.startsWith('*')) return { kind: 'pointer', to: typeOf(notation.slice(1)) };
  if (notation.startsWith('[]')) return { kind: 'slice', element: typeOf(notation.slice(2)) };
  if (notation.startsWith('map[string]')) return { kind: 'map', element: typeOf(notation.slice('map[string]'.length)) };
  if (/^u?int\d*$/.test(notation)) return { kind: 'int', name: notation };
  if (notation === 'string') return STRING;
  if (notation === 'bool') return BOOL;
  const opaque = OPAQUE_NAMES.find((name) => name === notation);
  return opaque === undefined ? { kind: 'struct', name: notation } : { kind: 'opaque', name: opaque };
}

/** Go's notation of a type. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'float':
      return 'float64';
    case 'slice':
      return `[]${typeName(type.element)}`;
    case 'map':
      return `map[string]${typeName(type.element)}`;
    case 'pointer':
      return `*${typeName(type.to)}`;
    case 'int':
    case 'struct':
    case 'opaque':
      return type.name;
    default:
      return type.kind;
  }
}
