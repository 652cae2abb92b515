/**
 * What a link-layer address says of who made it, as the end of a sentence that begins with "it is"; undefined where it says nothing. Prefixes that
 * programs give to what is not hardware (IEEE's registry of OUIs; RFC 9568, 7.3 for virtual routers): a card's maker helps nobody to find a host.
 * @param mac - six octets in hexadecimal with colons, as kernels write it
 */
export function makerOf(mac: string): string | undefined {
  const text = mac.toLowerCase();
  const router = /^00:00:5e:00:0([12]):([\da-f]{2})$/.exec(text);
  if (router !== null)
    return `that of VRRP's virtual router ${Number.parseInt(router[2] ?? '', 16)} of ${router[1] === '1' ? 'IPv4' : 'IPv6'}`;
  const known = MAKERS.find(([prefix]) => text.startsWith(prefix))?.[1];
  if (known !== undefined) return known;
  return isLocal(text) ? 'one that a program made up, as for a container or a virtual machine' : undefined;
}

// --- internal ---

const machineOf = (what: string): string => `of a virtual machine of ${what}`;

const MAKERS: readonly (readonly [prefix: string, maker: string])[] = [
  ['00:50:56', machineOf('VMware')],
  ['00:0c:29', machineOf('VMware')],
  ['00:05:69', machineOf('VMware')],
  ['00:15:5d', machineOf('Hyper-V')],
  ['08:00:27', machineOf('VirtualBox')],
  ['52:54:00', machineOf('QEMU or KVM')],
  ['fa:16:3e', machineOf('OpenStack')],
  ['bc:24:11', machineOf('Proxmox')],
  ['00:16:3e', machineOf('Xen')],
  ['00:1a:4a', machineOf('oVirt')],
  ['02:42:', 'of a container of Docker'],
  ['00:00:0c:07:ac:', 'that of a group of HSRP, the protocol of Cisco routers'],
];

/** Whether the bit says that it isn't IEEE's to give. */
const isLocal = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0;
