/** The CRDs that an installation has: config/crd/kustomization.yaml names their files. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = 'config/crd';

/** A CustomResourceDefinition, as far as packages look into it. */
export interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string; readonly kind: string };
    // biome-ignore lint/suspicious/noExplicitAny: a schema, looked into by path.
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: any } }[];
  };
}

/** Names of the files below `config/crd/`. */
export const CRD_FILES: readonly string[] = parse(readFileSync(`${FOLDER}/kustomization.yaml`, 'utf8')).resources;

/** The text of a CRD. */
export const crdText = (file: string): string => readFileSync(`${FOLDER}/${file}`, 'utf8');

export const crds = (): Crd[] => CRD_FILES.map((file) => parse(crdText(file)));
