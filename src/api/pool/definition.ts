import { definition } from '../definition.ts';
import { POOL_KIND, POOL_PLURAL } from '../names.ts';
import { POOL_SPEC } from './spec-schema.ts';
import { POOL_STATUS } from './status-schema.ts';

/** The CustomResourceDefinition of AddressPool. */
export const POOL_DEFINITION = definition({
  kind: POOL_KIND,
  plural: POOL_PLURAL,
  scope: 'Cluster',
  description: 'Addresses that Services of type LoadBalancer get.',
  columns: [
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Group', type: 'string', jsonPath: '.spec.group' },
    { name: 'Addresses', type: 'string', jsonPath: '.spec.addresses' },
    { name: 'Used4', type: 'integer', jsonPath: '.status.ipv4.used', description: 'IPv4 addresses that Services have' },
    { name: 'Free4', type: 'integer', jsonPath: '.status.ipv4.free', description: 'IPv4 addresses that the next Services can get' },
    { name: 'Used6', type: 'integer', jsonPath: '.status.ipv6.used', description: 'IPv6 addresses that Services have' },
    {
      name: 'Free6',
      type: 'integer',
      jsonPath: '.status.ipv6.free',
      description: 'IPv6 addresses that the next Services can get',
      priority: 1,
    },
    { name: 'Assignment', type: 'string', jsonPath: '.spec.assignment', priority: 1 },
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority', priority: 1 },
    { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  spec: POOL_SPEC,
  status: POOL_STATUS,
  required: ['spec'],
});
