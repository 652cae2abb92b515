import { conditions, fields, text } from '../schema.ts';
import { GAP_EVIDENCE, MOST_MOVES, MOVE_CAUSES } from './virtual-ip.ts';

const namespace = (description: string) => text(description, { minLength: 1, maxLength: 63 });
const service = (description: string) => text(description, { minLength: 1, maxLength: 63 });
const pool = text('The AddressPool that gave the address.', { maxLength: 253 });
const time = (description: string) => text(description, { format: 'date-time', maxLength: 35 });

const CLAIM = fields(
  'A Service that has the address.',
  {
    namespace: namespace('Its namespace.'),
    service: service('Its name.'),
    source: text(
      'Where the Service got the address from: an AddressPool, its spec.externalIPs, or its status, where another controller wrote it.',
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
  'Who has the address, and who may have it.',
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
      'The Service that had the address last. It gets the address back if it is made again in time. The operator writes this; do not edit it.',
      {
        namespace: namespace('Namespace of the Service.'),
        service: service('Name of the Service.'),
        pool,
        until: time('When the address becomes free for every Service.'),
      },
      { required: ['namespace', 'service', 'until'] },
    ),
    reservation: fields(
      'Who may have the address. Set it to reserve the address for one Service, for a namespace, or, with nothing in it, for nobody.',
      {
        namespace: namespace('The namespace whose Services may have the address. Without this field, no Service may.'),
        service: service('The only Service of that namespace that may have the address. It gets the address without a request.'),
        until: time('When the reservation ends. Without this field, it never ends.'),
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
    time: time('When it became the owner, by the clock of that node.'),
    from: text('The owner before. Absent at the first election; the same node where no other took over meanwhile.'),
    to: text('The node that became the owner.'),
    cause: text('Why, in a word.', { enum: MOVE_CAUSES }),
    // Without a full stop.
    message: text('Why, in a sentence.'),
    withoutOwner: fields(
      'For how long no node had the address, between two bounds. Absent where nothing that was observed bounds it.',
      {
        atLeastMilliseconds: { type: 'integer', format: 'int64', minimum: 0, description: 'It was not shorter than this.' },
        atMostMilliseconds: { type: 'integer', format: 'int64', minimum: 0, description: 'It was not longer than this.' },
        by: text(
          'Transitions: both nodes recorded the moment. LastAdvert: the new owner knows how long it had heard no advert. LastReport: the old owner was last known to have it by its report.',
          { enum: GAP_EVIDENCE },
        ),
      },
      { required: ['atLeastMilliseconds', 'atMostMilliseconds', 'by'] },
    ),
  },
  { required: ['time', 'to', 'cause', 'message'] },
);

/** Schema of a VirtualIP's `status`. */
export const VIRTUAL_IP_STATUS = fields('Where the address is, and for whom.', {
  observedGeneration: { type: 'integer', format: 'int64', description: 'Generation of the object that this is about.' },
  service: text('The Service that has the address, as NAMESPACE/NAME, and how many more share it.'),
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
  virtualRouterID: { type: 'integer', description: 'Its virtual router id.' },
  node: text('The node that owns the address. Absent while no node or more than one does.'),
  state: text('Whether one node owns the address.'),
  since: text('Since when node and state are what they are.', { format: 'date-time' }),
  conditions: conditions(
    'What is known of the address, in sentences. Announced: its owner answers ARP or NDP for it. Unique: no other host was seen to do so. Reachable: packets to it are answered. EndpointsReady: a node has a ready endpoint of each of its Services with externalTrafficPolicy Local; absent until there was none.',
  ),
  moves: {
    type: 'array',
    items: MOVE,
    maxItems: MOST_MOVES,
    'x-kubernetes-list-type': 'atomic',
    description: 'The last times that a node became the owner, the latest first.',
  },
});
