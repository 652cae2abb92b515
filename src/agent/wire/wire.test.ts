import { beforeEach, describe, expect, it } from 'vitest';
import type { NetworkInterface } from '../../localise/node-facts.ts';
import type { Outcome } from './ask.ts';
import { type Situation, Wire } from './wire.ts';

const VIP = '192.0.2.100';
const [OWNER, OTHER] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const ETH0: NetworkInterface = { name: 'eth0', addresses: [{ address: '192.0.2.2', prefixLength: 24 }], macs: ['02:00:00:00:00:22'] };

let now: number;
/** Where the kernel's packets go, and what comes of them. */
let table: { dst: string; lladdr?: string; state: string[] }[];
let outcome: Outcome;
let situation: Situation;
let asked: string[];
let arpIgnore: number | null;
let wire: Wire;
beforeEach(() => {
  now = 0;
  table = [];
  outcome = 'answered';
  asked = [];
  arpIgnore = 1;
  situation = {
    link: 'eth0',
    interfaces: [ETH0],
    instances: [{ name: 'web/web', addresses: [VIP] }],
    members: { revision: 'r', byInstance: new Map([['web/web', ['node1', 'node2']]]) },
    owned: new Set(),
  };
  wire = new Wire({
    node: 'node2',
    run: async () => ({ status: 0, stdout: JSON.stringify(table), stderr: '' }),
    ask: async (address) => {
      asked.push(address);
      return outcome;
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => now,
    situation: () => situation,
    sysctl: async () => arpIgnore,
  });
});

const goesTo = (lladdr: string, state = 'REACHABLE', dst = VIP): void => {
  table = [{ dst, lladdr, state: [state] }];
};
const failed = (): void => {
  table = [{ dst: VIP, state: ['FAILED'] }];
};
/** So many rounds, one each second. */
async function seconds(count: number): Promise<string> {
  for (let second = 0; second < count; second++) {
    now += 1000;
    await wire.round();
  }
  return wire.report.findings.map(({ is, mac = '-', since }) => `${is} ${mac} ${since}`).join();
}

describe('what a node finds out', () => {
  it('is that packets are answered, and since when', async () => {
    expect(await seconds(1)).toBe('');
    goesTo(OWNER);
    expect(await seconds(2)).toBe(`answered ${OWNER} 2000`);
    expect(await seconds(10)).toBe(`answered ${OWNER} 2000`);
  });
  it('is that ARP is answered, where packets never are', async () => {
    outcome = 'silence';
    goesTo(OWNER);
    expect(await seconds(9)).toBe(`resolved ${OWNER} 1000`);
  });
  it('is nothing of a host that has only announced itself, and answers nothing', async () => {
    outcome = 'silence';
    goesTo(OTHER, 'STALE');
    expect(await seconds(9)).toBe('');
  });
  it('is that a host answers which has announced itself', async () => {
    goesTo(OWNER);
    await seconds(3);
    goesTo(OTHER, 'STALE');
    expect(await seconds(1)).toBe(`answered ${OTHER} 4000`);
  });
  it('is that packets are not answered any more, after the third, since the first', async () => {
    goesTo(OWNER);
    await seconds(4);
    outcome = 'silence';
    const before = `answered ${OWNER} 1000`;
    expect(await seconds(2)).toBe(before);
    expect(await seconds(4)).toBe(`silent ${OWNER} 5000`);
  });
  it('is as it was after one or two packets that were lost', async () => {
    goesTo(OWNER);
    await seconds(4);
    outcome = 'silence';
    await seconds(2);
    outcome = 'answered';
    expect(await seconds(5)).toBe(`answered ${OWNER} 1000`);
  });
  it('is nobody, once the kernel has asked twice', async () => {
    outcome = 'unreachable';
    await seconds(1);
    failed();
    expect(await seconds(1)).toBe('');
    expect(await seconds(1)).toMatch(/^unresolved - /);
  });
  it('goes on from not answered to nobody, since the same moment', async () => {
    goesTo(OWNER);
    await seconds(4);
    outcome = 'silence';
    await seconds(6);
    failed();
    expect(await seconds(1)).toBe(`silent ${OWNER} 5000`);
    expect(await seconds(3)).toBe('unresolved - 5000');
  });
  it('is an answer again as soon as it comes', async () => {
    goesTo(OWNER);
    await seconds(4);
    outcome = 'silence';
    failed();
    await seconds(6);
    outcome = 'answered';
    goesTo(OWNER, 'STALE');
    expect(await seconds(2)).toBe(`answered ${OWNER} 11000`);
  });
  it('is an answer where the host forbids the packet', async () => {
    goesTo(OWNER);
    await seconds(1);
    outcome = 'unreachable';
    expect(await seconds(5)).toMatch(/^answered /);
  });
  it('is no answer where the kernel says that it finds nobody, which it has tried for a while', async () => {
    goesTo(OWNER);
    await seconds(4);
    outcome = 'silence';
    table = [{ dst: VIP, state: ['INCOMPLETE'] }];
    await seconds(2);
    outcome = 'unreachable';
    expect(await seconds(3)).toBe(`silent ${OWNER} 5000`);
    failed();
    expect(await seconds(3)).toBe('unresolved - 5000');
  });
  it('is no answer where the kernel has found nobody since it was read', async () => {
    goesTo(OWNER);
    await seconds(4);
    outcome = 'unreachable';
    await seconds(1);
    failed();
    expect(await seconds(3)).toBe('unresolved - 5000');
  });
  it('is nothing where no packet can be sent', async () => {
    outcome = 'unsent';
    expect(await seconds(10)).toBe('');
  });
});

describe('a node asks', () => {
  it.each<[string, () => void]>([
    ['for what it owns', () => Object.assign(situation, { owned: new Set(['web/web']) })],
    [
      'for an address outside the networks of its interface',
      () => Object.assign(situation, { instances: [{ name: 'web/web', addresses: ['198.51.100.1'] }] }),
    ],
    [
      'for an address that it has on any interface',
      () => Object.assign(situation, { interfaces: [ETH0, { name: 'kube-ipvs0', addresses: [{ address: VIP, prefixLength: 32 }] }] }),
    ],
    ['without an interface', () => Object.assign(situation, { link: null })],
  ])('nothing %s', async (_, changed) => {
    changed();
    expect(await seconds(5)).toBe('');
    expect(asked).toEqual([]);
  });
  it('again every two seconds', async () => {
    goesTo(OWNER);
    await seconds(21);
    expect(asked.length).toBeGreaterThanOrEqual(10);
    expect(asked.length).toBeLessThanOrEqual(12);
  });
  it('ten times a second, whatever it has to ask for', async () => {
    situation = {
      ...situation,
      instances: [{ name: 'web/web', addresses: Array.from({ length: 100 }, (_, index) => `192.0.2.${index + 100}`) }],
    };
    await seconds(10);
    expect(asked).toHaveLength(100);
    expect(new Set(asked).size).toBe(100);
  });
});

describe('a node answers for others', () => {
  const interfaces = [ETH0, { name: 'kube-ipvs0', addresses: [{ address: VIP, prefixLength: 32 }] }];
  it('where it has the address on the interface of IPVS and its kernel answers for all', async () => {
    situation = { ...situation, interfaces };
    arpIgnore = 0;
    await seconds(1);
    expect(wire.report).toEqual({ findings: [], answersFor: [{ interface: 'kube-ipvs0', addresses: [VIP] }] });
  });
  it.each([1, 2, 8, null])('not with arp_ignore %s', async (value) => {
    situation = { ...situation, interfaces };
    arpIgnore = value;
    await seconds(1);
    expect(wire.report).toEqual({ findings: [] });
  });
});
