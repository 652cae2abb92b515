import { conditions, fields, typeOnly } from '../schema.ts';

const number = (description: string) => ({ type: 'integer', format: 'int64', description }) as const;

const counts = (family: string) =>
  fields(
    `Addresses of ${family}. A count never exceeds 9007199254740991.`,
    {
      total: number('Addresses that can be given out: without those that are excluded or that belong to the cluster.'),
      used: number('Addresses that Services have.'),
      reserved: number('Addresses that no Service has, and that a VirtualIP keeps for somebody or for nobody.'),
      free: number('Addresses that the next Services can get.'),
    },
    typeOnly({ required: ['total', 'used', 'reserved', 'free'] }),
  );

/** Schema of an AddressPool's `status`. */
export const POOL_STATUS = fields('How much of the pool is used.', {
  observedGeneration: number('Generation of the pool that this is about.'),
  ipv4: counts('IPv4'),
  ipv6: counts('IPv6'),
  conditions: conditions('Whether the pool can give addresses, and what is wrong with it.'),
});
