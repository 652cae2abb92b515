/** Who has which address in a lab. Every lab has the same ones, because none is connected to anything. RFC 5737, 2544 and 3849. */

/** What people call a host: `control`, `client`, `switch`, `node1`... */
export type HostName = string;

export const CONTROL = 'control';
export const CLIENT = 'client';
export const SWITCH = 'switch';
/** A host that a lab has only where it is asked for. */
export const REGISTRY = 'registry';

/** Address of the example's Service; VIPs start here. */
export const FIRST_VIP = '192.0.2.200';

/** One for each family. */
export const POD_RANGES = ['198.18.0.0/16', '2001:db8:1::/48'];
export const SERVICE_RANGES = ['198.19.0.0/16', '2001:db8:2::/112'];

/** 150 nodes, so that they stay below the VIPs. */
export const MOST_NODES = 150;

export const nodeNames = (count: number): HostName[] => Array.from({ length: count }, (_, index) => `node${index + 1}`);

/** What a host has on the switch. Throws for a name that is no host's. */
export function addressesOf(host: HostName): { readonly v4: string; readonly v6: string; readonly mac: string } {
  const last = lastOctet(host);
  return { v4: `192.0.2.${last}`, v6: `2001:db8::${last}`, mac: `02:00:c0:00:02:${last.toString(16).padStart(2, '0')}` };
}

/** The addresses of a node's pods. */
export const podSubnets = (node: HostName): { readonly v4: string; readonly v6: string } => ({
  v4: `198.18.${nodeNumber(node)}.0/24`,
  v6: `2001:db8:1:${nodeNumber(node)}::/64`,
});

export const API_PORT = 6443;
/** The API server inside a lab. */
export const API_URL = `https://${addressesOf(CONTROL).v4}:${API_PORT}`;

/** Where the registry is served, as the names of images in it begin. */
export const REGISTRY_ADDRESS = `${addressesOf(REGISTRY).v4}:5000`;

// --- internal ---

function lastOctet(host: HostName): number {
  if (host === CONTROL) return 2;
  if (host === CLIENT) return 3;
  if (host === REGISTRY) return 4;
  return 10 + nodeNumber(host);
}

function nodeNumber(host: HostName): number {
  const number = Number(/^node([1-9]\d*)$/.exec(host)?.[1]);
  if (!(number <= MOST_NODES)) throw new Error(`${host} is no host of a lab: control, client, node1 ... node${MOST_NODES}`);
  return number;
}
