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

export const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
export const whole = (description: string, minimum: number, maximum: number, more: Schema = {}): Schema => ({
  type: 'integer',
  description,
  ...{ minimum, maximum },
  ...more,
});
/** Texts by name, each of which may be owned by another manager. */
export const texts = (description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
  'x-kubernetes-map-type': 'granular',
});
export const fields = (description: string, properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  description,
  ...more,
  properties,
});

/** Prefixes, `first-last` and single addresses, of both families; what is none of them is told by who reads it. */
export const ranges = (description: string): Schema => ({
  type: 'array',
  items: { type: 'string', maxLength: 79, pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3}|-[0-9A-Fa-f.:]+)?$' },
  minItems: 1,
  maxItems: 256,
  'x-kubernetes-list-type': 'set',
  description,
});

export const conditions = (description: string): Schema => ({
  type: 'array',
  items: CONDITION,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  description,
});

// --- internal ---

/** metav1.Condition. */
const CONDITION: Schema = fields(
  'What is known of one aspect.',
  {
    type: text('The aspect.', {
      maxLength: 316,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    }),
    status: text('Whether it is so.', { enum: ['True', 'False', 'Unknown'] }),
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0, description: 'Generation of the object that was judged.' },
    lastTransitionTime: text('When status changed last.', { format: 'date-time' }),
    reason: text('Why, in a word.', { minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    message: text('Why, and what to do.', { maxLength: 32_768 }),
  },
  { required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'] },
);
