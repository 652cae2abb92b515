/** Names a KeepalivedGroup. */
export interface GroupReference {
  readonly namespace: string;
  readonly name: string;
}

/** Reads the Service annotation that names a group: `namespace/name`. Undefined for anything else. */
export function parseGroupReference(value: string): GroupReference | undefined {
  const parts = value.trim().split('/');
  const [namespace, name] = parts;
  if (parts.length !== 2 || namespace === undefined || name === undefined) return undefined;
  return DNS_LABEL.test(namespace) && DNS_SUBDOMAIN.test(name) ? { namespace, name } : undefined;
}

// --- internal ---

/** RFC 1123, as Kubernetes takes names of namespaces. */
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** RFC 1123, as Kubernetes takes names of objects. */
const DNS_SUBDOMAIN = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
