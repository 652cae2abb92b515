import { conditions, fields, serverOnly, text, typeOnly } from '../schema.ts';

const VIRTUAL_ROUTER = fields(
  'A VRRP instance.',
  {
    name: text('namespace/service, namespace/service/address where VIPs are spread, or carrier:NUMBER where Services share one.'),
    virtualRouterID: { type: 'integer', description: 'Its virtual router id.' },
    addressCount: { type: 'integer', description: 'How many addresses it carries.' },
    addresses: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic', description: 'The first eight of them.' },
    plannedNode: text('The node that is to own it while all is well.'),
    node: text('The node whose keepalived says MASTER. Absent while none or more than one does.'),
    state: text('Whether one node has all of its addresses.', { enum: ['Owned', 'Incomplete', 'SeveralOwners', 'NoOwner', 'Unknown'] }),
  },
  { ...serverOnly({ required: ['name'] }), ...typeOnly({ required: ['name', 'virtualRouterID', 'addressCount', 'addresses', 'state'] }) },
);

const NODE_STATE = fields(
  'A node of the group.',
  {
    name: text('Its name.'),
    revision: text('Revision that its keepalived has confirmed. Absent while it runs none, or the node does not answer.'),
    since: text('Since when it runs.', { format: 'date-time' }),
    standsBack: text(
      'Why it is to have addresses only where no other node can. Absent while it is fit. Unsteady: it was lost, and has not been well for long enough since.',
      { enum: ['Excluded', 'Drained', 'OutOfService', 'Emptied', 'NotReady', 'Unsteady'] },
    ),
  },
  { required: ['name'] },
);

/** Schema of `status`. */
export const GROUP_STATUS = fields('What the group does.', {
  observedGeneration: { type: 'integer', format: 'int64', description: 'Generation of the group that this is about.' },
  // Saved before it is used.
  routerIDs: {
    type: 'object',
    additionalProperties: { type: 'integer' },
    'x-kubernetes-map-type': 'granular',
    description:
      'Virtual router id by namespace/service, namespace/service/address where VIPs are spread, or carrier:NUMBER where Services share one.',
  },
  // Saved before it is used. Absent in groups of versions that chose by hash alone.
  homes: {
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    'x-kubernetes-map-type': 'granular',
    description:
      'Nodes by virtual router: its preferred node, then the node that takes over when that is lost. They are chosen when the virtual router is made, and kept.',
  },
  rebalanced: text('The request to rebalance (annotation keepalived-operator.redhat-cop.io/rebalance) that was carried out last.'),
  // Saved before any node is told. Absent in groups of older versions: the first.
  defaultsGeneration: {
    type: 'integer',
    description: 'Which generation of defaults of spec.vrrp the group began with. It keeps them over upgrades.',
  },
  // Saved before the nodes are told.
  passwordRound: { type: 'integer', description: 'How often the nodes took a changed password up together.' },
  holders: {
    type: 'object',
    additionalProperties: { type: 'string' },
    'x-kubernetes-map-type': 'atomic',
    description:
      'The Service, namespace/name, that holds each address, at most 4096, shared evenly between namespaces. A Service keeps an address while it asks for it. After that the entry stays until no node may still have the address.',
  },
  // Saved before it is used.
  sharedAddresses: {
    type: 'object',
    additionalProperties: fields(
      'A shared address.',
      {
        // Without its family.
        router: { type: 'string', description: 'The virtual router that carries it, whichever of the Services leaves.' },
        services: {
          type: 'array',
          items: { type: 'string' },
          'x-kubernetes-list-type': 'atomic',
          description: 'The Services that have it, namespace/name; who had it first comes first. At most 16.',
        },
      },
      typeOnly({ required: ['router', 'services'] }),
    ),
    'x-kubernetes-map-type': 'granular',
    description: 'Addresses that several Services have, or had; at most 1024.',
  },
  // Absent when there is none.
  writtenAddresses: {
    type: 'object',
    additionalProperties: { type: 'string' },
    'x-kubernetes-map-type': 'atomic',
    description: 'The Service, namespace/name, in whose status.loadBalancer the operator wrote each address; at most 4096.',
  },
  gateways: {
    type: 'object',
    additionalProperties: { type: 'string' },
    'x-kubernetes-map-type': 'atomic',
    description:
      'Addresses that the nodes route through, each with one of these nodes; no Service of the group may take one. Absent until a node has reported.',
  },
  revision: text('Revision of the configuration that the nodes are to run.'),
  metricsPort: { type: 'integer', description: "Port of the agents on the nodes' own addresses." },
  nodes: fields(
    'How many nodes take part.',
    {
      desired: { type: 'integer', description: 'Nodes that are to run the configuration.' },
      current: { type: 'integer', description: 'Nodes whose keepalived runs the revision.' },
    },
    typeOnly({ required: ['desired', 'current'] }),
  ),
  nodeStates: {
    type: 'array',
    items: NODE_STATE,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description: 'What each node runs; of more than 128 nodes first those that are behind.',
  },
  virtualIPs: fields(
    'How many virtual IPs there are.',
    {
      planned: { type: 'integer', description: 'Addresses that are to be carried.' },
      observed: { type: 'integer', description: 'Planned addresses that exactly one node has.' },
    },
    typeOnly({ required: ['planned', 'observed'] }),
  ),
  owners: text('How many addresses each node has, in words.'),
  virtualRouters: {
    type: 'array',
    items: VIRTUAL_ROUTER,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description: 'Which node has what; the first 512 by name.',
  },
  conditions: conditions('What is known of the group, in sentences.'),
});
