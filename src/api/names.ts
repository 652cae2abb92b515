/** Every label, annotation, finalizer and field-manager name that is read or written, once. Names of the Go operator are kept. */

export const API_GROUP = 'redhatcop.redhat.io';
export const API_VERSION = `${API_GROUP}/v1alpha1`;
export const KIND = 'KeepalivedGroup';
export const PLURAL = 'keepalivedgroups';

export const POOL_KIND = 'AddressPool';
export const POOL_PLURAL = 'addresspools';
export const VIRTUAL_IP_KIND = 'VirtualIP';
export const VIRTUAL_IP_PLURAL = 'virtualips';

const DOMAIN = 'keepalived-operator.redhat-cop.io';

/** Annotations that users set on Services. */
export const SERVICE_ANNOTATIONS = {
  /** `namespace/name` of the KeepalivedGroup that carries the Service's addresses. */
  group: `${DOMAIN}/keepalivedgroup`,
  /** Only the string `"true"`: one VRRP instance for each address, on different nodes. */
  spread: `${DOMAIN}/spreadvips`,
  /** JSON object of strings: extra lines of the Service's VRRP instances. */
  verbatim: `${DOMAIN}/verbatimconfig`,
  /** Only the string `"true"`: external IPs are written to `.status.loadBalancer`. */
  updateStatus: `${DOMAIN}/updateservicestatus`,
} as const;

/** Annotations by which Services of type LoadBalancer say which address of a pool they are to have. */
export const ALLOCATION_ANNOTATIONS = {
  /** Addresses that a Service of type LoadBalancer asks for, by commas: at most one of each family. */
  addresses: `${DOMAIN}/addresses`,
  /** Name of the AddressPool that a Service of type LoadBalancer asks for an address of. */
  pool: `${DOMAIN}/addresspool`,
  /** Services with the same key share an address that they ask for, across namespaces. */
  sharingKey: `${DOMAIN}/sharing-key`,
} as const;

/** What each means, for the reference page. */
export const ALLOCATION_ANNOTATION_MEANING: Readonly<Record<keyof typeof ALLOCATION_ANNOTATIONS, string>> = {
  addresses:
    'The address that the Service is to have, such as `192.0.2.10`; for a dual-stack Service one of each family, separated by a comma. An AddressPool must hold it, and no other Service may have it, unless the two share it.',
  pool: 'Name of the AddressPool that the Service gets its address from.',
  sharingKey:
    'Any text. Services with the same text may share an address across namespaces, while no port of theirs is the same. Services of one namespace need none.',
};

/** `spec.loadBalancerClass` of the Services that get an address of a pool. */
export const LOAD_BALANCER_CLASS = `${DOMAIN}/vip`;

/** Set by the manager on Services that have addresses of a pool: those addresses, by commas. */
export const ALLOCATION_ANNOTATION = `${DOMAIN}/allocated-addresses`;

/** Set by the manager on Services that have addresses of a pool and name no group: the group that it named for them. */
export const ALLOCATED_GROUP_ANNOTATION = `${DOMAIN}/allocated-group`;

/** Label of the VirtualIPs that the manager made and will remove; without it a VirtualIP is the user's. */
export const MANAGED_LABEL = { key: 'app.kubernetes.io/managed-by', value: 'keepalived-operator' } as const;

/** What each means, for the reference page. */
export const SERVICE_ANNOTATION_MEANING: Readonly<Record<keyof typeof SERVICE_ANNOTATIONS, string>> = {
  group: '`NAMESPACE/NAME` of the KeepalivedGroup that carries the addresses of the Service, from any namespace.',
  spread:
    'Only `"true"`: each address has a VRRP instance of its own, and they are on different nodes as far as nodes go. Otherwise all addresses of the Service are on one node.',
  verbatim:
    'A JSON object of strings: lines of the VRRP instances of the Service, keyword to value, such as `{"garp_master_delay": "1"}`; an empty value gives the keyword alone. A line that runs a program, reads a file, opens a block, or that keepalived would refuse is left out, and an Event and a condition name it.',
  updateStatus:
    'Only `"true"`: the addresses of the Service that are carried are listed in its `.status.loadBalancer`, beside what others wrote there, and taken out when they are no longer. For Services of type LoadBalancer.',
};

/** Set by the manager on Services: the addresses in `.status.loadBalancer` that it wrote, by commas, so that it can take them out again. */
export const SERVICE_STATUS_ANNOTATION = `${DOMAIN}/written-status`;

/** Set by the manager on a group's pods: a change makes kubelet refresh the mounted ConfigMap at once. */
export const REVISION_ANNOTATION = `${DOMAIN}/config-revision`;

/** On a group's pods: the lines of its `verbatimConfig` that keepalived takes only when it starts, so that a change of one rolls the pods out. */
export const START_LINES_ANNOTATION = `${DOMAIN}/start-lines`;

/** Set by the manager on the pods that a deleted group leaves: what their nodes may still run and hold, as JSON. It is there as long as they are. */
export const HELD_ANNOTATION = `${DOMAIN}/held-for-deleted-group`;

/** Set by the manager on a group's DaemonSet: the priority class that its pods were refused with, and that they now do without. */
export const REFUSED_PRIORITY_ANNOTATION = `${DOMAIN}/refused-priority-class`;

/**
 * Set on a group to have its virtual routers spread over the nodes anew: any text that differs from the last one, best a time; `/NUMBER` behind
 * it moves so many virtual routers at most.
 */
export const REBALANCE_ANNOTATION = `${DOMAIN}/rebalance`;

/**
 * Set on a group to have virtual routers on other nodes than their homes, for as long as it is there: a JSON object of virtual router to node,
 * such as `{"web/web": "node2"}`.
 */
export const PREFERRED_NODES_ANNOTATION = `${DOMAIN}/preferred-nodes`;

/** Set beside it when a node runs something else all the same: another value makes kubelet look again. */
export const NUDGED_AGAIN_ANNOTATION = `${DOMAIN}/config-revision-again`;

/** Type of the condition on Services that says why an address that was asked for is not carried, for as long as it isn't. */
export const SERVICE_CONDITION = `${DOMAIN}/Accepted`;
/** Field manager of that condition. */
export const CONDITION_FIELD_MANAGER = 'keepalived-operator-conditions';

/** Label on a group's pods, ConfigMap and PodMonitor; the DaemonSet's immutable selector. Its value is the group's name. */
export const GROUP_LABEL = 'keepalivedGroup';

/** Label on PodMonitors that users' Prometheus selects on. */
export const METRICS_LABEL = { key: 'metrics', value: 'keepalived' } as const;

/** Field manager of every server-side apply. */
export const FIELD_MANAGER = 'keepalived-operator';
/** Field manager under which the Go operator wrote its objects (operation Update). */
export const LEGACY_FIELD_MANAGER = 'manager';
/** Container of the Go operator's pods that gives keepalived the file of the ConfigMap. */
export const LEGACY_RELOADER = 'config-reloader';

/** The Lease that the Go operator used too, so that old and new never run together. */
export const LEADER_LEASE = '03846a46.redhat.io';

/** The Service of the Kubernetes API, in namespace `default`; its EndpointSlice, which the API server writes, has its name. */
export const API_SERVICE = 'kubernetes';

/** On a Node, with any value: it gives its addresses up, and takes them back when the annotation is removed. */
export const DRAIN_ANNOTATION = `${DOMAIN}/drain`;

/**
 * Set on a Node by the plugin's drain, and read by its undrain: as JSON, by group and virtual router the node that the drain preferred and the one that
 * was preferred before. Nobody else reads what it says; that it is there says that addresses leave the node to drain it.
 */
export const UNDO_ANNOTATION = `${DOMAIN}/undo-drain`;

/** On a Node, as Kubernetes names it: somebody has made sure that the node is off. */
export const OUT_OF_SERVICE_TAINT = 'node.kubernetes.io/out-of-service';

/** Nodes that carry this label come last in every election. */
export const EXCLUDE_NODE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
