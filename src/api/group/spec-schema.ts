import { fields, type Schema, serverOnly, text, texts, type Value, whole } from '../schema.ts';
import { FENCES } from './fences-schema.ts';

const QUANTITY = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  pattern: '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
  'x-kubernetes-int-or-string': true,
} as const;

const quantities = (description: string) => ({ type: 'object', description, additionalProperties: QUANTITY }) as const;

const resources = (description: string) =>
  fields(description, {
    requests: quantities('Minimum that the container gets, by resource.'),
    limits: quantities('Maximum that the container may use, by resource.'),
  });

const VRRP = fields(
  'Settings of the virtual routers of the group. All nodes apply a change within about a second. Changing the version can briefly give an address two owners.',
  {
    version: {
      type: 'integer',
      ...serverOnly({ enum: [2, 3] }),
      description:
        'Version of VRRP for IPv4 addresses; 3 by default, or 2 if the group has a password or status.defaultsGeneration is 1. IPv6 always uses version 3. Only version 2 supports a password.',
    },
    advertIntervalMilliseconds: whole(
      'Advert interval in milliseconds; 100 by default, or 1000 with version 2 or if status.defaultsGeneration is 1. Version 2 supports whole seconds only. An interval that is too short for the number of virtual routers is raised, and a condition says so.',
      10,
      40_950,
      { multipleOf: 10 },
    ),
    downTimerAdverts: whole(
      'Number of consecutive adverts that must be missing before another node takes over; 3 by default, or 8 with the default interval of 100 milliseconds. A short interval with a larger number tolerates more lost packets in the same time.',
      2,
      100,
    ),
    preempt: {
      type: 'boolean',
      description:
        'Whether a node that returns takes back the addresses for which it is the preferred node; true by default. If false, an address stays on its node as long as that node runs.',
    },
    preemptDelaySeconds: whole(
      'Seconds that a node waits after it returns before it takes addresses back. It has no effect when preempt is false.',
      0,
      1000,
    ),
    virtualMAC: {
      type: 'boolean',
      description:
        'Whether addresses have the MAC address of their virtual router (RFC 9568, section 7.3), which moves with them; false by default. For IPv4, a node uses it only if its ARP settings allow it; otherwise a condition says which settings to change.',
    },
    gratuitousARP: fields(
      'Gratuitous ARPs (for IPv6, unsolicited neighbor advertisements) tell switches and hosts which node has an address. Values that are too high for the number of addresses are lowered, and a condition says so.',
      {
        repeats: whole(
          'Number of gratuitous ARPs for each address when a node becomes master; by default 5, or 1 in a group with more than 256 addresses.',
          1,
          100,
        ),
        refreshSeconds: whole(
          'Seconds between two rounds that a master sends; 60 by default. With 0 it sends no further rounds.',
          0,
          86_400,
        ),
      },
    ),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: '!(has(self.preemptDelaySeconds) && has(self.preempt) && !self.preempt)',
        message: 'preemptDelaySeconds has no meaning while preempt is false; remove one of the two',
      },
    ],
  },
);

const TOLERATION = fields('A taint that the pods tolerate (core/v1 Toleration).', {
  key: text('Key of the taint; empty for every key.'),
  operator: text('Exists or Equal; Equal by default.'),
  value: text('Value of the taint.'),
  effect: text('Effect of the taint; empty for every effect.', serverOnly({ enum: ['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'] })),
  tolerationSeconds: {
    type: 'integer',
    format: 'int64',
    description: 'Seconds after which a taint with effect NoExecute evicts the pod despite the toleration.',
  },
});

const SPEC = fields(
  'Desired state of the group.',
  {
    image: text(
      "Image with /usr/sbin/keepalived. The default value stands for the image that the installation sets (RELATED_IMAGE_KEEPALIVED) or, if it sets none, for the operator's own image.",
      { default: 'registry.redhat.io/openshift4/ose-keepalived-ipfailover' },
    ),
    interface: text('Name of the interface that carries the virtual IPs on every node. Not used when interfaceFromIP is set.'),
    interfaceFromIP: text('An IPv4 or IPv6 address. Each node uses the interface through which it reaches this address.'),
    nodeSelector: texts('Labels that a node must have to take part. Without this field, all nodes take part.'),
    segment: text(
      'Name of the layer-2 network of the group. Virtual router ids must be unique on a network, so only groups that name different networks can use the same ids. A group without this field can be on any network.',
      { maxLength: 63, pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$' },
    ),
    blacklistRouterIDs: {
      type: 'array',
      items: { type: 'integer' },
      'x-kubernetes-list-type': 'set',
      description:
        'Virtual router ids (1-255) that the group does not use, because others on the network use them. An id in use that is added here is replaced.',
    },
    unicastEnabled: {
      type: 'boolean',
      description:
        'Whether nodes send adverts to the internal addresses of the other nodes instead of to the multicast group; false by default.',
    },
    vrrp: VRRP,
    passwordAuth: fields(
      "Password of VRRP version 2, from a Secret in the group's namespace. VRRP uses its first eight characters and sends them in clear text. Version 3, and therefore IPv6, has no password.",
      {
        secretRef: fields('The Secret.', { name: text('Name of the Secret. If it is empty, there is no password.') }),
        secretKey: text('Key of the password in the Secret.', { default: 'password' }),
      },
    ),
    verbatimConfig: texts(
      'Lines of the section global_defs in keepalived.conf: keyword and value. They override other fields. A line that keepalived would refuse is left out, and a condition names it.',
    ),
    fences: FENCES,
    broadcastQuestions: {
      type: 'boolean',
      description:
        'Whether nodes ask all hosts of the network by ARP and NDP who has the addresses, and listen for VRRP adverts of other hosts; true by default. This finds a second host that has an address but never announces itself, and a host that uses a virtual router id of the group. If false, the pods have no container asker, and such hosts can stay undetected.',
    },
    resources: fields('Resources of the containers of the pods; by default small requests and no limits.', {
      keepalived: resources('Resources of the container keepalived.'),
      agent: resources('Resources of the container agent and the init container config-setup.'),
      asker: resources('Resources of the container asker.'),
    }),
    tolerations: {
      type: 'array',
      items: TOLERATION,
      'x-kubernetes-list-type': 'atomic',
      description: 'Taints that the pods tolerate. Without this field, they tolerate every taint.',
    },
    imagePullSecrets: {
      type: 'array',
      items: fields('A Secret.', { name: text('Name of the Secret.') }),
      'x-kubernetes-list-type': 'atomic',
      description: "Secrets in the group's namespace with the credentials for pulling the images.",
    },
    imagePullPolicy: text(
      'When kubelet pulls the images; IfNotPresent by default.',
      serverOnly({ enum: ['Always', 'IfNotPresent', 'Never'] }),
    ),
    daemonsetPodPriorityClassName: text(
      'Priority class of the pods. Without this field, the pods have the class that the installation sets, `system-node-critical` by default.',
    ),
    daemonsetPodAnnotations: texts('Annotations of the pods.'),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: "(has(self.interface) && self.interface != '') || (has(self.interfaceFromIP) && self.interfaceFromIP != '')",
        message:
          'set interface to the name of the interface that carries the VIPs, or interfaceFromIP to an address that is reached through it',
      },
      {
        rule: "!has(self.interface) || self.interface.size() <= 15 || (has(self.interfaceFromIP) && self.interfaceFromIP != '')",
        message: 'interface is longer than 15 characters, the limit of Linux; set the name of an interface',
      },
    ],
  },
);

/**
 * Schema of `spec`. Fields of the Go operator's time have no limits that it had not: with an API server older than 1.30 an object that
 * breaks one could no longer be written, its status neither. The planner tells of those instead.
 */
export const GROUP_SPEC: Schema = SPEC;
export type KeepalivedGroupSpec = Value<typeof SPEC>;
