import { describe, expect, it } from 'vitest';
import type { AgentSettings } from '../api/node/config.ts';
import { block, line, type Statement } from '../conf/tree.ts';
import { localise, POD_PATHS } from './localise.ts';
import type { ArpSettings, NodeFacts } from './node-facts.ts';

const FIT: ArpSettings = { ignore: 1, announce: 2, filter: 1, leastReversePathFilter: 0 };
const settings = (more: Partial<AgentSettings> = {}): AgentSettings => ({
  version: 1,
  revision: 'r1',
  group: 'web/vips',
  link: { kind: 'name', name: 'eth0' },
  password: false,
  checks: [],
  virtualMac: true,
  ...more,
});
const facts = (more: Partial<NodeFacts> = {}): NodeFacts => ({
  node: 'n1',
  pod: 'p',
  link: 'eth0',
  password: null,
  interfaces: [
    {
      name: 'eth0',
      addresses: [
        { address: '192.0.2.1', prefixLength: 24 },
        { address: '2001:db8::1', prefixLength: 64 },
      ],
    },
  ],
  arp: FIT,
  ...more,
});
const instance = (name: string, address: string, ...lines: Statement[]): Statement =>
  block('vrrp_instance', [name], [...lines, block('virtual_ipaddress', [], [line(address)])]);
const four = instance('four', '192.0.2.100/32');
const six = instance('six', '2001:db8::100/128');

function outcome(conf: readonly Statement[], from = settings(), about = facts()) {
  const result = localise(conf, from, about, POD_PATHS);
  if (result.kind === 'refused') throw new Error(result.problem.message);
  const bare = (one: Statement): string[] => (one.block ?? []).flatMap(({ keyword }) => (keyword.includes('vmac') ? keyword : []));
  const instances = result.conf.filter(({ keyword }) => keyword === 'vrrp_instance');
  return {
    lines: Object.fromEntries(instances.map((one) => [one.words[0], bare(one)])),
    problems: result.problems,
  };
}

describe('a group with virtual MAC addresses', () => {
  it('has the line in each instance', () => {
    expect(outcome([four, six])).toMatchObject({ lines: { four: ['use_vmac'], six: ['use_vmac'] }, problems: [] });
  });
  it('sends its adverts from the link where it uses unicast, as keepalived needs it', () => {
    const unicast = { peers: { n1: ['192.0.2.1'], n2: ['192.0.2.2'] } };
    expect(outcome([four], settings({ unicast })).lines).toEqual({ four: ['use_vmac', 'vmac_xmit_base'] });
  });
  it('has the line once, whatever the file says', () => {
    expect(outcome([instance('four', '192.0.2.100/32', line('use_vmac', 'vrrp.x'))]).lines).toEqual({ four: ['use_vmac'] });
  });
});

describe('a node', () => {
  it.each<[string, Partial<ArpSettings>, string]>([
    ['that answers ARP for all of its addresses', { ignore: 0 }, 'net.ipv4.conf.eth0.arp_ignore is 0, expected 1'],
    ['that answers for none', { ignore: 8 }, 'net.ipv4.conf.eth0.arp_ignore is 8, expected 1'],
    ['whose filter keepalived would change', { filter: 0 }, 'net.ipv4.conf.eth0.arp_filter is 0, expected 1'],
    ['that asks in the name of the address', { announce: 1 }, 'net.ipv4.conf.eth0.arp_announce is 1, expected 2'],
    ['that drops what comes in by another interface', { leastReversePathFilter: 1 }, 'net.ipv4.conf.all.rp_filter is 1, expected 0 or 2'],
  ])('%s gives IPv4 none, and says what to set', (_, arp, found) => {
    const { lines, problems } = outcome([four, six], settings(), facts({ arp: { ...FIT, ...arp } }));
    expect(lines).toEqual({ four: [], six: ['use_vmac'] });
    expect(problems).toEqual([
      {
        reason: 'VirtualMacUnfit',
        message: `node n1 gives IPv4 addresses no virtual MAC address: ${found}. Set them on the node, in a file of /etc/sysctl.d, or spec.vrrp.virtualMAC of the group to false`,
      },
    ]);
  });
  it('whose kernel does not say goes without, too', () => {
    const { lines, problems } = outcome([four], settings(), facts({ arp: null }));
    expect(lines).toEqual({ four: [] });
    expect(problems[0]?.message).toContain('arp_ignore is unreadable, expected 1');
  });
  it('with a dot in the name of its interface is told of the settings as sysctl reads them', () => {
    const about = facts({ link: 'eth0.7', interfaces: [{ name: 'eth0.7', addresses: [] }], arp: { ...FIT, announce: 0 } });
    expect(outcome([four], settings(), about).problems[0]?.message).toContain('net/ipv4/conf/eth0.7/arp_announce is 0');
  });
  it('that carries IPv6 alone needs no settings', () => {
    expect(outcome([six], settings(), facts({ arp: null }))).toMatchObject({ lines: { six: ['use_vmac'] }, problems: [] });
  });
  it('of a group without them keeps the line of a Service; what that leaves behind the manager says', () => {
    const { virtualMac: _, ...without } = settings();
    const lined = instance('four', '192.0.2.100/32', line('use_vmac'));
    expect(outcome([lined], without, facts({ arp: null }))).toEqual({ lines: { four: ['use_vmac'] }, problems: [] });
  });
});
