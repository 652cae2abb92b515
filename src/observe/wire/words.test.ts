import { describe, expect, it } from 'vitest';
import type { WireVerdict } from './verdict.ts';
import { wireConditions, wireInWords } from './words.ts';

const VIP = '192.0.2.10';
const MAC = '02:00:00:00:00:99';
const VERDICTS: readonly (readonly [WireVerdict, string])[] = [
  [{ kind: 'Owner' }, 'True True Unknown'],
  [{ kind: 'Owner', answers: true }, 'True True True'],
  [{ kind: 'Silent', askers: ['node2'] }, 'Unknown Unknown False'],
  [{ kind: 'Nobody', askers: ['node2', 'node3'] }, 'False Unknown False'],
  [{ kind: 'LocalCopies', nodes: ['node2'], interface: 'kube-ipvs0' }, 'False False Unknown'],
  [{ kind: 'LocalCopies', nodes: ['node2', 'node3'], interface: 'lo' }, 'False False Unknown'],
  [{ kind: 'OtherNode', node: 'node3', mac: MAC, askers: ['node2'] }, 'False False Unknown'],
  [{ kind: 'Stranger', mac: MAC, askers: ['node2'], untold: [], since: 0 }, 'False False Unknown'],
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
