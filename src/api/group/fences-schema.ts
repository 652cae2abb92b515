import { fields, ranges, whole } from '../schema.ts';

/** Schema of `spec.fences`. */
export const FENCES = fields(
  'Who may have what of the group. What is absent is not limited. Whatever this says, no Service gets an address of a Node, of pods, of the API server, or of no single host.',
  {
    namespaces: {
      type: 'array',
      items: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
      minItems: 1,
      maxItems: 1024,
      'x-kubernetes-list-type': 'set',
      description: 'Names of the namespaces whose Services may use the group. Without it all may.',
    },
    addresses: ranges(
      'Addresses that Services may have: prefixes (192.0.2.0/24), ranges (192.0.2.10-192.0.2.20) or single ones, of both families. Without it all.',
    ),
    excludedAddresses: ranges('Addresses that none may have, written the same way, such as those of routers. They come before addresses.'),
    allowedGateways: ranges(
      'Addresses that the nodes route through, and that Services may have all the same, written the same way: where a Service is the gateway.',
    ),
    addressesPerNamespace: whole(
      'How many addresses of the group the Services of a namespace may have together; 5000 without it.',
      0,
      100_000,
    ),
    addressesPerService: whole('How many addresses of the group a Service may have. Without it as many as its namespace.', 0, 100_000),
    routersPerNamespace: whole(
      'How many virtual routers of their own the Services of a namespace may have. Services beyond that share; one that can not share is refused. Without it only the last ids that are free are kept for namespaces that have few.',
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
