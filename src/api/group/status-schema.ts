import { conditions, fields, serverOnly, text, typeOnly } from '../schema.ts';

const VIRTUAL_ROUTER = fields(
  'A VRRP instance.',
  {
    name: text('namespace/service; namespace/service/address where VIPs are spread; carrier:NUMBER where Services share a virtual router.'),
    virtualRouterID: { type: 'integer', description: 'Virtual router id of the instance.' },
    addressCount: { type: 'integer', description: 'Number of addresses that the instance carries.' },
    addresses: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic', description: 'The first eight addresses.' },
    plannedNode: text(
      'The node with the highest priority for the instance: its preferred node, unless nodeStates has a reason in standsBack for that node.',
    ),
    node: text('The owner: the only node where the instance is MASTER. Absent while there is no such node or more than one.'),
    state: text(
      'Owned: one node has all addresses. Incomplete: the owner lacks an address. SeveralOwners: more than one node is MASTER or has an address. NoOwner: no node is MASTER. Unknown: a node that may be the owner does not answer.',
      { enum: ['Owned', 'Incomplete', 'SeveralOwners', 'NoOwner', 'Unknown'] },
    ),
  },
  { ...serverOnly({ required: ['name'] }), ...typeOnly({ required: ['name', 'virtualRouterID', 'addressCount', 'addresses', 'state'] }) },
);

const NODE_STATE = fields(
  'A node of the group.',
  {
    name: text('Name of the node.'),
    revision: text(
      'Revision that keepalived on the node has confirmed. Absent while keepalived runs no revision or the node does not answer.',
    ),
    since: text('Time since which the node runs this revision.', { format: 'date-time' }),
    standsBack: text(
      'Reason why the node gets addresses only if no other node can. Absent if there is none. Unsteady means that the node was lost and has not been healthy for long enough since.',
      { enum: ['Excluded', 'Drained', 'OutOfService', 'Emptied', 'NotReady', 'Unsteady'] },
    ),
  },
  { required: ['name'] },
);

/** Schema of `status`. */
export const GROUP_STATUS = fields('State of the group, as the operator observed it.', {
  observedGeneration: { type: 'integer', format: 'int64', description: 'Generation of the group that this status describes.' },
  // Saved before it is used.
  routerIDs: {
    type: 'object',
    additionalProperties: { type: 'integer' },
    'x-kubernetes-map-type': 'granular',
    description:
      'Id of each virtual router. Its name is namespace/service; namespace/service/address where VIPs are spread; carrier:NUMBER where Services share a virtual router.',
  },
  // Saved before it is used. Absent in groups of versions that chose by hash alone.
  homes: {
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    'x-kubernetes-map-type': 'granular',
    description:
      'Nodes of each virtual router: first the preferred node, then the node that takes over when the preferred node is lost. They are chosen when the virtual router is created, and kept.',
  },
  rebalanced: text('Value of the annotation keepalived-operator.redhat-cop.io/rebalance that was carried out last.'),
  // Saved before any node is told. Absent in groups of older versions: the first.
  defaultsGeneration: {
    type: 'integer',
    description: 'Generation of the defaults of spec.vrrp that the group started with. The group keeps them over upgrades.',
  },
  // Saved before the nodes are told.
  passwordRound: { type: 'integer', description: 'Number of times that all nodes switched to a new password.' },
  holders: {
    type: 'object',
    additionalProperties: { type: 'string' },
    'x-kubernetes-map-type': 'atomic',
    description:
      'The Service (namespace/name) that holds each address; at most 4096 addresses, or as many as fit in 384 KiB, shared evenly between namespaces. A Service keeps an address for as long as it requests it. The entry of an address that was given up stays until no node may still have the address.',
  },
  // Saved before it is used.
  sharedAddresses: {
    type: 'object',
    additionalProperties: fields(
      'A shared address.',
      {
        // Without its family.
        router: { type: 'string', description: 'The virtual router that carries the address. It stays the same when a Service leaves.' },
        services: {
          type: 'array',
          items: { type: 'string' },
          'x-kubernetes-list-type': 'atomic',
          description: 'Services (namespace/name) that share the address, in the order in which they got it; at most 16.',
        },
      },
      typeOnly({ required: ['router', 'services'] }),
    ),
    'x-kubernetes-map-type': 'granular',
    description: 'Addresses that several Services share or shared; at most 1024.',
  },
  // Absent when there is none.
  writtenAddresses: {
    type: 'object',
    additionalProperties: { type: 'string' },
    'x-kubernetes-map-type': 'atomic',
    description:
      'The Service (namespace/name) in whose status.loadBalancer the operator wrote each address; at most 4096 addresses, or as many as fit in 384 KiB.',
  },
  gateways: {
    type: 'object',
    additionalProperties: { type: 'string' },
    'x-kubernetes-map-type': 'atomic',
    description:
      'Addresses of gateways that the nodes route through, each with one of these nodes. No Service of the group can get one, unless spec.fences.allowedGateways allows it. Absent until a node has reported.',
  },
  revision: text('Revision of the configuration that the nodes should run.'),
  metricsPort: { type: 'integer', description: "Port on which the agents serve /metrics, on the nodes' own addresses." },
  nodes: fields(
    'Number of nodes that take part.',
    {
      desired: { type: 'integer', description: 'Number of nodes that should run the configuration.' },
      current: { type: 'integer', description: 'Number of nodes whose keepalived runs the revision.' },
    },
    typeOnly({ required: ['desired', 'current'] }),
  ),
  nodeStates: {
    type: 'array',
    items: NODE_STATE,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description:
      'What each node runs; at most 128 nodes, sorted by name. If the group has more, nodes with an older revision take precedence.',
  },
  virtualIPs: fields(
    'Number of virtual IPs.',
    {
      planned: { type: 'integer', description: 'Number of addresses that the group should carry.' },
      observed: { type: 'integer', description: 'Number of planned addresses that exactly one node has.' },
    },
    typeOnly({ required: ['planned', 'observed'] }),
  ),
  owners: text('Number of addresses of each node, such as node1: 3, node2: 1.'),
  virtualRouters: {
    type: 'array',
    items: VIRTUAL_ROUTER,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description: 'Virtual routers with their owners; at most 512, sorted by name.',
  },
  conditions: conditions('Conditions of the group, such as Ready.'),
});
