import type { KubernetesObject } from '../api/core.ts';

/** Expression of the value of an annotation of `object`; empty where it isn't there. */
export const annotation = (object: string, name: string): string =>
  `(has(${object}.metadata.annotations) && '${name}' in ${object}.metadata.annotations ? ${object}.metadata.annotations['${name}'] : '')`;

export interface Condition {
  readonly name: string;
  readonly expression: string;
}

/** A policy for Services that are made or changed, and that meet the conditions; not for those that end. */
export function servicesPolicy(name: string, matchConditions: readonly Condition[], spec: object): KubernetesObject {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services'] }];
  return admission('ValidatingAdmissionPolicy', name, {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules },
    matchConditions: [...matchConditions, { name: 'stays', expression: '!has(object.metadata.deletionTimestamp)' }],
    ...spec,
  });
}

export const binding = (name: string, policyName: string, spec: object): KubernetesObject =>
  admission('ValidatingAdmissionPolicyBinding', name, { policyName, validationActions: ['Deny'], ...spec });

// --- internal ---

const admission = (kind: string, name: string, spec: object): KubernetesObject & { readonly spec: object } => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name },
  spec,
});
