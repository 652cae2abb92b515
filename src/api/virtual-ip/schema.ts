import { conditions, fields, text } from '../schema.ts';
import { GAP_EVIDENCE, MOST_MOVES, MOVE_CAUSES } from './virtual-ip.ts';

const namespace = (description: string) => text(description, { minLength: 1, maxLength: 63 });
const service = (description: string) => text(description, { minLength: 1, maxLength: 63 });
const pool = text('The AddressPool that gave the address.', { maxLength: 253 });
const time = (description: string) => text(description, { format: 'date-time', maxLength: 35 });

const CLAIM = fields(
  'A Service that has the address.',
  {
    namespace: namespace('Namespace of the Service.'),
    service: service('Name of the Service.'),
    source: text(
      'Where the Service got the address from: Pool, an AddressPool; ExternalIP, its spec.externalIPs; Status, its status.loadBalancer, where another controller wrote the address.',
      {
        enum: ['Pool', 'ExternalIP', 'Status'],
      },
    ),
    pool,
  },
  { required: ['namespace', 'service', 'source'] },
);

/** Schema of a VirtualIP's `spec`. */
export const VIRTUAL_IP_SPEC = fields(
  'Which Services have the address, and which may have it.',
  {
    address: text('The address in its shortest form, such as 192.0.2.10 or 2001:db8::10. It can not be changed.', {
      maxLength: 39,
      pattern: '^[0-9a-f.:]+$',
    }),
    // Sorted by namespace and name.
    claims: {
      type: 'array',
      items: CLAIM,
      maxItems: 1024,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['namespace', 'service'],
      description: 'Services that have the address. The operator writes this; do not edit it.',
    },
    keptFor: fields(
      'The Service that had the address last. If it is created again before the time in until, it gets the address back. The operator writes this; do not edit it.',
      {
        namespace: namespace('Namespace of the Service.'),
        service: service('Name of the Service.'),
        pool,
        until: time('Time when the address becomes free for every Service.'),
      },
      { required: ['namespace', 'service', 'until'] },
    ),
    reservation: fields(
      'Reserves the address for the Services of a namespace or for one Service. If it is empty, no Service may have the address.',
      {
        namespace: namespace('The namespace whose Services may have the address. Without this field, no Service may.'),
        service: service('The only Service of that namespace that may have the address. It gets the address without a request.'),
        until: time('Time when the reservation ends. Without this field, it never ends.'),
      },
      {
        'x-kubernetes-validations': [
          { rule: '!has(self.service) || has(self.__namespace__)', message: 'reservation.service needs reservation.namespace' },
        ],
      },
    ),
    retain: {
      type: 'boolean',
      description: 'Keeps the address for the Service that had it last for as long as this object exists.',
    },
  },
  {
    required: ['address'],
    'x-kubernetes-validations': [
      { rule: 'self.address == oldSelf.address', message: 'address can not be changed; make a VirtualIP for the other address' },
    ],
  },
);

const MOVE = fields(
  'A node became the owner of the address.',
  {
    // With milliseconds; by the manager's clock where the node didn't say.
    time: time('Time when the node became the owner, by the clock of that node.'),
    from: text('The previous owner. Absent at the first election. The same as to if no other node took over meanwhile.'),
    to: text('The node that became the owner.'),
    cause: text('Cause of the move in one CamelCase word.', { enum: MOVE_CAUSES }),
    // Without a full stop.
    message: text('Cause of the move in a sentence.'),
    withoutOwner: fields(
      'Time during which no node had the address, as a lower and an upper bound. Absent if the operator could observe neither.',
      {
        atLeastMilliseconds: { type: 'integer', format: 'int64', minimum: 0, description: 'Lower bound in milliseconds.' },
        atMostMilliseconds: { type: 'integer', format: 'int64', minimum: 0, description: 'Upper bound in milliseconds.' },
        by: text(
          'Where the bounds come from. Transitions: both nodes recorded the time. LastAdvert: the new owner recorded how long it had heard no advert. LastReport: the last report of the old owner showed that it had the address.',
          { enum: GAP_EVIDENCE },
        ),
      },
      { required: ['atLeastMilliseconds', 'atMostMilliseconds', 'by'] },
    ),
  },
  { required: ['time', 'to', 'cause', 'message'] },
);

/** Schema of a VirtualIP's `status`. */
export const VIRTUAL_IP_STATUS = fields('Which node has the address, and for which Service.', {
  observedGeneration: { type: 'integer', format: 'int64', description: 'Generation of the object that this status describes.' },
  service: text('The Service that has the address, as NAMESPACE/NAME, and the number of other Services that share it.'),
  ports: {
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-list-type': 'atomic',
    description: 'Ports of the Services on the address, such as 443/TCP.',
  },
  source: text('Where the Service got the address from; Reservation while no Service has the address.', {
    enum: ['Pool', 'ExternalIP', 'Status', 'Reservation'],
  }),
  pool: text('The AddressPool that gave the address.'),
  group: text('The KeepalivedGroup that carries the address, as NAMESPACE/NAME.'),
  virtualRouter: text('Name of the VRRP instance that carries the address.'),
  virtualRouterID: { type: 'integer', description: 'Virtual router id of that instance.' },
  node: text('The node that owns the address. Absent while no node or more than one does.'),
  state: text(
    'Owned if one node owns the address; otherwise Incomplete, SeveralOwners, NoOwner or Unknown, as in status.virtualRouters of the group.',
  ),
  since: text('Time of the last change of node or state.', { format: 'date-time' }),
  conditions: conditions(
    'Conditions of the address. Announced: its owner answers ARP or NDP for it. Unique: no other host was seen to answer for it. Reachable: packets to it are answered. EndpointsReady: a node has a ready endpoint of each of its Services with externalTrafficPolicy Local; absent until none had.',
  ),
  moves: {
    type: 'array',
    items: MOVE,
    maxItems: MOST_MOVES,
    'x-kubernetes-list-type': 'atomic',
    description: `The last ${MOST_MOVES} moves of the address, the latest first.`,
  },
});
