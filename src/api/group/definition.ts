import { definition } from '../definition.ts';
import { KIND, PLURAL } from '../names.ts';
import { GROUP_SPEC } from './spec-schema.ts';
import { GROUP_STATUS } from './status-schema.ts';

/** The CustomResourceDefinition of KeepalivedGroup. */
export const GROUP_DEFINITION = definition({
  kind: KIND,
  plural: PLURAL,
  scope: 'Namespaced',
  description: 'Nodes that carry the virtual IPs of the Services that name this group, by keepalived (VRRP).',
  columns: [
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'VIPs', type: 'integer', jsonPath: '.status.virtualIPs.planned' },
    { name: 'Held', type: 'integer', jsonPath: '.status.virtualIPs.observed', description: 'VIPs that exactly one node has' },
    { name: 'Owners', type: 'string', jsonPath: '.status.owners', description: 'Number of VIPs of each node' },
    { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
    { name: 'Nodes', type: 'integer', jsonPath: '.status.nodes.desired', priority: 1 },
    { name: 'Current', type: 'integer', jsonPath: '.status.nodes.current', priority: 1 },
    { name: 'Interface', type: 'string', jsonPath: '.spec.interface', priority: 1 },
    { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  spec: GROUP_SPEC,
  status: GROUP_STATUS,
  rules: [
    {
      rule: 'self.metadata.name.size() <= 63',
      message: "the group's name must have at most 63 characters, because it is a label of its pods; choose a shorter name",
    },
  ],
});
