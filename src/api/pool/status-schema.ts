import { conditions, fields, typeOnly } from '../schema.ts';

const number = (description: string) => ({ type: 'integer', format: 'int64', description }) as const;

const counts = (family: string) =>
  fields(
    `Addresses of ${family}. A count never exceeds 9007199254740991.`,
    {
      total: number('Number of addresses that can be given out. Addresses that are excluded or belong to the cluster do not count.'),
      used: number('Number of addresses that Services have.'),
      reserved: number('Number of addresses that no Service has and that a VirtualIP reserves.'),
      free: number('Number of addresses that the next Services can get.'),
    },
    typeOnly({ required: ['total', 'used', 'reserved', 'free'] }),
  );

/** Schema of an AddressPool's `status`. */
export const POOL_STATUS = fields('State of the pool, as the operator observed it.', {
  observedGeneration: number('Generation of the pool that this status describes.'),
  ipv4: counts('IPv4'),
  ipv6: counts('IPv6'),
  conditions: conditions('Whether the pool can give addresses, and what is wrong with it.'),
});
