import { describe, expect, it } from 'vitest';
import type { ForeignAdverts } from './foreign.ts';
import { foreignInWords, routerIDsUnique } from './foreign-words.ts';
import type { WireVerdict } from './verdict.ts';
import { wireConditions, wireInWords } from './words.ts';

const VIP = '192.0.2.10';
const MAC = '02:00:00:00:00:99';
const HEARD: ForeignAdverts = {
  router: 'web/web',
  ownership: { kind: 'Owned', node: 'node1' },
  source: '192.0.2.66',
  mac: '52:54:00:00:00:66',
  id: 51,
  version: 3,
  priority: 100,
  addresses: [VIP],
  differs: ['version'],
  hearers: ['node1', 'node2'],
  untold: [],
  since: 0,
};
const VERDICTS: readonly (readonly [WireVerdict, string])[] = [
  [{ kind: 'Owner' }, 'True True Unknown'],
  [{ kind: 'Owner', answers: true }, 'True True True'],
  [{ kind: 'Silent', askers: ['node2'] }, 'Unknown Unknown False'],
  [{ kind: 'Nobody', askers: ['node2', 'node3'] }, 'False Unknown False'],
  [{ kind: 'LocalCopies', nodes: ['node2'], interface: 'kube-ipvs0' }, 'False False Unknown'],
  [{ kind: 'LocalCopies', nodes: ['node2', 'node3'], interface: 'lo' }, 'False False Unknown'],
  [{ kind: 'OtherNode', node: 'node3', mac: MAC, askers: ['node2'] }, 'False False Unknown'],
  [{ kind: 'Stranger', mac: MAC, askers: ['node2'], untold: [], since: 0 }, 'False False Unknown'],
  [{ kind: 'Advertised', by: HEARD }, 'Unknown False Unknown'],
  [{ kind: 'Unknown', why: 'NobodyAsks' }, 'Unknown Unknown Unknown'],
  [{ kind: 'Unknown', why: 'NoEvidence' }, 'Unknown Unknown Unknown'],
  [{ kind: 'Unknown', why: 'OwnerUnknown' }, 'Unknown Unknown Unknown'],
];

describe('a verdict', () => {
  it.each(VERDICTS)('%o is the conditions Announced, Unique and Reachable: %s', (verdict, statuses) => {
    const conditions = wireConditions(VIP, verdict);
    expect(conditions.map(({ status }) => status).join(' ')).toBe(statuses);
    for (const { message } of conditions) expect(message).toContain(VIP);
  });
  it('names the cure for kube-proxy in IPVS mode', () =>
    expect(wireInWords(VIP, { kind: 'LocalCopies', nodes: ['node2', 'node3'], interface: 'kube-ipvs0' })).toBe(
      'node2, node3 answer ARP for 192.0.2.10, which another node owns: it is on interface kube-ipvs0, and arp_ignore is 0; set ipvs.strictARP to true in the configuration of kube-proxy (ConfigMap kube-proxy in kube-system) and restart kube-proxy',
    ));
  it('names a stranger, since when it answers, and nodes that it may be', () => {
    const stranger = { kind: 'Stranger', mac: MAC, askers: ['node2'], untold: ['node4'], since: 0 } as const;
    expect(wireInWords(VIP, stranger)).toBe(
      'node2 found that 02:00:00:00:00:99 answers for 192.0.2.10 since 1970-01-01T00:00:00.000Z, and no node of the group has reported that MAC address (node4 has reported none); it is one that a program made up, as for a container or a virtual machine; find that host (the switch knows the port of its MAC address) and give it another address',
    );
  });
  it('names five of many', () => {
    const askers = Array.from({ length: 9 }, (_, index) => `n${index}`);
    expect(wireInWords(VIP, { kind: 'Nobody', askers })).toContain('n0, n1, n2, n3, n4 and 4 more');
  });
});

describe("a stranger's adverts", () => {
  it('are told with who sends them, what they are, what they do and what to do', () =>
    expect(foreignInWords(HEARD)).toBe(
      'node1, node2 hear 192.0.2.66 (MAC address 52:54:00:00:00:66; it is of a virtual machine of QEMU or KVM), which is an address of no node, send VRRP adverts of virtual router id 51 (VRRP version 3, priority 100, 192.0.2.10) since 1970-01-01T00:00:00.000Z; the group uses this id for web/web; its nodes ignore the adverts, because they have another version; give that host another virtual router id, or add 51 to spec.blacklistRouterIDs of the group, which then takes another one',
    ));
  it.each<[string, Partial<ForeignAdverts>, string]>([
    ['no node has the addresses', { ownership: { kind: 'NoOwner' } }, 'no node has its addresses while these adverts come'],
    ['they come more often', { differs: ['version', 'pace'] }, 'another node takes over for a moment, again and again'],
    ['they come at another pace', { differs: ['interval'] }, 'ignore the adverts, because they have another interval'],
    [
      'several nodes have them',
      { ownership: { kind: 'SeveralOwners', nodes: [] } },
      'several nodes have its addresses while these adverts come',
    ],
    [
      'they list other addresses',
      { differs: ['addresses', 'priority'] },
      'with the highest priority that host takes the id, and no node has the addresses',
    ],
    ['they differ in nothing but priority', { differs: ['priority'] }, 'with the highest priority that host takes the id'],
    ['a node has not told its addresses', { untold: ['node4'] }, 'which is an address of no node (node4 has reported none yet)'],
  ])('say so where %s', (_, changes, words) => expect(foreignInWords({ ...HEARD, ...changes })).toContain(words));
  it('of another router id are told with the address that they announce', () => {
    const { router: _, ownership: __, mac: ___, ...rest } = HEARD;
    expect(foreignInWords({ ...rest, hearers: ['node2'], differs: ['id'] })).toBe(
      'node2 hears 192.0.2.66, which is an address of no node, send VRRP adverts of virtual router id 51 (VRRP version 3, priority 100, 192.0.2.10) since 1970-01-01T00:00:00.000Z; that host has 192.0.2.10, too, or takes it when another sender with this id fails; find that host and take 192.0.2.10 out of its VRRP configuration',
    );
  });
  it('are a condition of the group, which is absent where nobody listens', () => {
    const own = new Map();
    expect(routerIDsUnique({ adverts: [], isListening: false, own, learned: 0 })).toBeUndefined();
    expect(routerIDsUnique({ adverts: [], isListening: true, own, learned: 0 })?.status).toBe('True');
    const many = routerIDsUnique({ adverts: Array.from({ length: 5 }, () => HEARD), isListening: true, own, learned: 0 });
    expect(many).toMatchObject({ status: 'False', reason: 'StrangerSendsAdverts' });
    expect(many?.message).toMatch(/; and 2 more$/);
  });
});
