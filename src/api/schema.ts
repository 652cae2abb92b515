import type { XStatic } from 'typebox/schema';

/** The part of a structural OpenAPI schema (apiextensions.k8s.io/v1) that is used here. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-map-type'?: 'granular' | 'atomic';
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  /** CEL; servers older than 1.25 leave these out. */
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

/**
 * What an object of a schema is, in TypeScript. Nothing of it can be changed, and a field that the schema doesn't require may be absent. It
 * needs the schema as it was written: a constant that is declared as {@link Schema} has lost that.
 */
export type Value<S> = Unchangeable<XStatic<S>>;

/**
 * What the API server asks for and the type doesn't say, because readers can't rely on it: a plan is also made of files that no server has
 * judged, and an object may be older than its definition.
 */
export const serverOnly = (asked: Pick<Schema, 'enum' | 'required'>): object => asked;

/** What the type says and the API server doesn't ask for: fields that the operator always writes together. */
export const typeOnly = <const Said extends Pick<Schema, 'required'>>(_: Said): Said => ({}) as Said;

export const text = <const More extends Schema = object>(description: string, more?: More) =>
  ({ type: 'string', description, ...more }) as { readonly type: 'string'; readonly description: string } & NoInfer<More>;

export const whole = <const More extends Schema = object>(description: string, minimum: number, maximum: number, more?: More) =>
  ({ type: 'integer', description, minimum, maximum, ...more }) as {
    readonly type: 'integer';
    readonly description: string;
  } & NoInfer<More>;

/** Texts by name, each of which may be owned by another manager. */
export const texts = (description: string) =>
  ({ type: 'object', description, additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'granular' }) as const;

export const fields = <const Fields extends Readonly<Record<string, Schema>>, const More extends Schema = object>(
  description: string,
  properties: Fields,
  more?: More,
) =>
  ({ type: 'object', description, ...more, properties }) as {
    readonly type: 'object';
    readonly description: string;
    readonly properties: Fields;
  } & NoInfer<More>;

/** Prefixes, `first-last` and single addresses, of both families; what is none of them is told by who reads it. */
export const ranges = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', maxLength: 79, pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3}|-[0-9A-Fa-f.:]+)?$' },
    minItems: 1,
    maxItems: 256,
    'x-kubernetes-list-type': 'set',
    description,
  }) as const;

export const conditions = (description: string) =>
  ({
    type: 'array',
    items: CONDITION,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    description,
  }) as const;

// --- internal ---

/** metav1.Condition. */
const CONDITION = fields(
  'A condition.',
  {
    type: text('Type of the condition.', {
      maxLength: 316,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    }),
    status: text('True, False or Unknown.', { enum: ['True', 'False', 'Unknown'] }),
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'Generation of the object that the condition describes.',
    },
    lastTransitionTime: text('Time of the last change of status.', { format: 'date-time' }),
    reason: text('Reason in one CamelCase word.', { minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    message: text('Reason in a sentence, and what to do.', { maxLength: 32_768 }),
  },
  { required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'] },
);

type Unchangeable<T> = T extends object ? { readonly [Key in keyof T]: Unchangeable<T[Key]> } : T;
