import { definition } from '../definition.ts';
import { VIRTUAL_IP_KIND, VIRTUAL_IP_PLURAL } from '../names.ts';
import { VIRTUAL_IP_SPEC, VIRTUAL_IP_STATUS } from './schema.ts';

/** Groups before or after the `::` of an IPv6 address, each with a dash behind it. */
const groups = (part: 0 | 1): string => `(self.spec.address + '::').split('::')[${part}].split(':').filter(g, g != '').map(g, g + '-')`;
/** The name of an IPv6 address with a dash behind it, as `virtualIPName` makes it: CEL has no addresses before Kubernetes 1.31. */
const NAME = `${groups(0)}.join() + '0-0-0-0-0-0-0-0-'.substring(0, 16 - 2 * (${groups(0)} + ${groups(1)}).size()) + ${groups(1)}.join()`;

/** The CustomResourceDefinition of VirtualIP. */
export const VIRTUAL_IP_DEFINITION = definition({
  kind: VIRTUAL_IP_KIND,
  plural: VIRTUAL_IP_PLURAL,
  scope: 'Cluster',
  shortNames: ['vip'],
  description:
    "One virtual IP address: which Service has it and which node owns it. The object's name is the address; IPv6 is written in full, with dashes instead of colons. Create one to reserve an address.",
  columns: [
    { name: 'Address', type: 'string', jsonPath: '.spec.address' },
    { name: 'Service', type: 'string', jsonPath: '.status.service' },
    { name: 'Group', type: 'string', jsonPath: '.status.group' },
    { name: 'Node', type: 'string', jsonPath: '.status.node' },
    { name: 'State', type: 'string', jsonPath: '.status.state' },
    { name: 'Since', type: 'date', jsonPath: '.status.since' },
    { name: 'Last-Cause', type: 'string', jsonPath: '.status.moves[0].cause', priority: 1 },
    { name: 'Wire', type: 'string', jsonPath: '.status.conditions[?(@.type=="Announced")].reason', priority: 1 },
    { name: 'Source', type: 'string', jsonPath: '.status.source', priority: 1 },
    { name: 'Pool', type: 'string', jsonPath: '.status.pool', priority: 1 },
    { name: 'Ports', type: 'string', jsonPath: '.status.ports', priority: 1 },
    { name: 'Router', type: 'integer', jsonPath: '.status.virtualRouterID', priority: 1 },
    { name: 'Kept-For', type: 'string', jsonPath: '.spec.keptFor.service', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 1 },
  ],
  spec: VIRTUAL_IP_SPEC,
  status: VIRTUAL_IP_STATUS,
  required: ['spec'],
  rules: [
    {
      rule: `self.spec.address.contains(':') ? self.metadata.name + '-' == ${NAME} : self.metadata.name == self.spec.address`,
      message:
        'the name must be the address of spec.address: the same text for IPv4, and for IPv6 its eight groups with dashes, such as 2001-db8-0-0-0-0-0-10 for 2001:db8::10',
    },
  ],
});
