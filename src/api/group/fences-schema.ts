import { fields, ranges, whole } from '../schema.ts';

/** Schema of `spec.fences`. */
export const FENCES = fields(
  'Limits on the namespaces, Services and addresses of the group. Independently of them, no Service gets an address of a Node, of a pod or of the API server, or an address that is not that of a single host.',
  {
    namespaces: {
      type: 'array',
      items: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
      minItems: 1,
      maxItems: 1024,
      'x-kubernetes-list-type': 'set',
      description: 'Names of the namespaces whose Services may use the group. Without this field, all may.',
    },
    addresses: ranges(
      'Addresses that Services may have: prefixes (192.0.2.0/24), ranges (192.0.2.10-192.0.2.20) or single addresses, of both families. Without this field, Services may have any address.',
    ),
    excludedAddresses: ranges(
      'Addresses that no Service may have, written the same way, such as those of routers. They take precedence over addresses.',
    ),
    allowedGateways: ranges(
      'Addresses of gateways that Services may have although the nodes route through them, written the same way. Needed if a Service is the gateway.',
    ),
    addressesPerNamespace: whole(
      'Maximum number of addresses of the group for all Services of a namespace together; 5000 by default.',
      0,
      100_000,
    ),
    addressesPerService: whole(
      'Maximum number of addresses of the group for one Service. Without this field, only the limit of its namespace applies.',
      0,
      100_000,
    ),
    routersPerNamespace: whole(
      'Maximum number of dedicated virtual routers for the Services of a namespace. Further Services share one; a Service that can not share is refused. Without this field, only the last free ids are reserved for namespaces that have few.',
      0,
      255,
    ),
    verbatimKeys: {
      type: 'array',
      items: { type: 'string', maxLength: 63, pattern: '^[a-z][a-z0-9_]*$' },
      minItems: 1,
      maxItems: 128,
      'x-kubernetes-list-type': 'set',
      description:
        'Keywords that Services may set by annotation, in addition to the safe ones (docs/reference/verbatim.md). A keyword that runs a program, such as notify, gives everyone who may write a Service root access to the keepalived container of every node.',
    },
  },
);
