import { API_GROUP, API_VERSION } from './names.ts';
import { fields, type Schema } from './schema.ts';

/** What tells one of our kinds from another. */
export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly shortNames?: readonly string[];
  readonly description: string;
  readonly columns: readonly PrinterColumn[];
  readonly spec: Schema;
  readonly status: Schema;
  /** Fields of the object that must be there; none where the Go operator's objects may lack them. */
  readonly required?: Schema['required'];
  /** CEL about spec and name together. */
  readonly rules?: Schema['x-kubernetes-validations'];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
}

/** The CustomResourceDefinition of a kind. */
export function definition(one: Kind) {
  const { kind, plural, scope, shortNames, columns } = one;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...(shortNames && { shortNames }) },
      scope,
      versions: [
        {
          name: API_VERSION.slice(API_GROUP.length + 1),
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: rootSchema(one) },
        },
      ],
    },
  } as const;
}

// --- internal ---

const rootSchema = ({ description, spec, status, required, rules }: Kind): Schema =>
  fields(
    description,
    {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      status,
    },
    { ...(required && { required }), ...(rules && { 'x-kubernetes-validations': rules }) },
  );
