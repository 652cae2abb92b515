import { fields, ranges, serverOnly, text, whole } from '../schema.ts';

const NAME = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

const selector = (description: string) =>
  fields(description, {
    matchLabels: {
      type: 'object',
      additionalProperties: { type: 'string' },
      'x-kubernetes-map-type': 'granular',
      description: 'Labels that the object must have.',
    },
    matchExpressions: {
      type: 'array',
      maxItems: 64,
      'x-kubernetes-list-type': 'atomic',
      description: 'Conditions on labels; all of them must be met.',
      items: fields(
        'A condition on one label.',
        {
          key: text('Key of the label.', { maxLength: 317 }),
          operator: text('How the label is compared with the values.', serverOnly({ enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] })),
          values: {
            type: 'array',
            items: { type: 'string', maxLength: 63 },
            maxItems: 256,
            'x-kubernetes-list-type': 'atomic',
            description: 'Values to compare with; only for In and NotIn.',
          },
        },
        { required: ['key', 'operator'] },
      ),
    },
  });

/** Schema of an AddressPool's `spec`. */
export const POOL_SPEC = fields(
  'Addresses to give out, and which Services may get them.',
  {
    group: text('The KeepalivedGroup that carries the addresses, as NAMESPACE/NAME.', { maxLength: 317 }),
    addresses: ranges(
      'Addresses to give out: prefixes (192.0.2.0/24), ranges (192.0.2.10-192.0.2.20) or single addresses, of both families. A Service keeps its address when you remove it here.',
    ),
    excludedAddresses: ranges('Addresses that are never given out, written the same way, such as those of routers and of a DHCP server.'),
    assignment: text(
      'Automatic gives addresses to every Service that may use the pool. OnRequest gives them only to Services that name the pool or one of its addresses.',
      { enum: ['Automatic', 'OnRequest'], default: 'Automatic' },
    ),
    priority: whole(
      'Priority of the pool; 0 by default. If a Service may use several pools, the pool with the highest priority gives the address.',
      -1_000_000,
      1_000_000,
      {
        default: 0,
      },
    ),
    namespaces: {
      type: 'array',
      items: { type: 'string', maxLength: 63, pattern: `^${NAME}$` },
      minItems: 1,
      maxItems: 1024,
      'x-kubernetes-list-type': 'set',
      description: 'Namespaces whose Services may use the pool. Without this field and namespaceSelector, all may.',
    },
    namespaceSelector: selector(
      'Labels of namespaces whose Services may use the pool. With namespaces, a namespace may use it if either one matches.',
    ),
    serviceSelector: selector('Labels of the Services that may use the pool. Without this field, all may.'),
    addressesPerNamespace: whole(
      'Maximum number of addresses of the pool for one namespace. Without this field, only the group sets a limit.',
      0,
      100_000,
    ),
    useFirstAndLast: {
      type: 'boolean',
      default: false,
      description:
        'Whether the first and the last address of each prefix are given out; false by default, because on most networks they are the network and the broadcast address. This field does not apply to ranges and single addresses.',
    },
    keepSeconds: whole(
      'Seconds for which the address of a deleted Service is kept for a Service of the same namespace and name; 3600 by default. Another Service gets it earlier only if the pool has no other free address.',
      0,
      31_536_000,
    ),
  },
  {
    ...serverOnly({ required: ['group', 'addresses'] }),
    'x-kubernetes-validations': [
      {
        rule: `self.group.matches('^${NAME}/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$')`,
        message: 'group must be NAMESPACE/NAME of a KeepalivedGroup, such as vips/vips',
      },
    ],
  },
);
