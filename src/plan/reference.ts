import type { ObjectReference, Service } from '../api/core.ts';
import type { KeepalivedGroup } from '../api/group/keepalived-group.ts';
import { API_VERSION, KIND } from '../api/names.ts';

export const groupReference = ({ metadata }: KeepalivedGroup): ObjectReference => reference(API_VERSION, KIND, metadata);
export const serviceReference = ({ metadata }: Service): ObjectReference => reference('v1', 'Service', metadata);

/** `namespace/name`. */
export const keyOf = ({ metadata: { namespace = '', name } }: Service | KeepalivedGroup): string => `${namespace}/${name}`;

// --- internal ---

function reference(apiVersion: string, kind: string, { namespace, name, uid }: Service['metadata']): ObjectReference {
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) };
}
