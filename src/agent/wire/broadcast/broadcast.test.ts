import { beforeEach, describe, expect, it } from 'vitest';
import type { NetworkInterface } from '../../../localise/node-facts.ts';
import type { Situation } from '../wire.ts';
import { Broadcast } from './broadcast.ts';

const [VIP, VIP6] = ['192.0.2.100', '2001:db8::100'];
const [OWN, OWNER, OTHER, THIRD] = ['02:00:00:00:00:02', '02:00:00:00:00:01', '02:00:00:00:00:99', '02:00:00:00:00:98'];
const ETH0: NetworkInterface = {
  name: 'eth0',
  addresses: [
    { address: '192.0.2.2', prefixLength: 24 },
    { address: '2001:db8::2', prefixLength: 64 },
    { address: 'fe80::2', prefixLength: 64 },
  ],
  macs: [OWN],
};

let now: number;
let situation: Situation;
/** Hosts that answer for each address, in the words of the programs. */
let answering: Readonly<Record<string, readonly string[]>>;
let sent: string[];
let answers: string | null;
let hasAsker: boolean;
let hasAnswers: boolean;
let warned: string[];
let broadcast: Broadcast;
beforeEach(() => {
  now = 0;
  answering = { [VIP]: [OWNER] };
  sent = [];
  answers = null;
  hasAsker = true;
  hasAnswers = true;
  warned = [];
  situation = {
    link: 'eth0',
    interfaces: [ETH0],
    instances: [{ name: 'web/web', addresses: [VIP] }],
    members: { revision: 'r', byInstance: new Map([['web/web', ['node1', 'node2']]]) },
    owned: new Set(),
  };
  broadcast = new Broadcast({
    node: 'node2',
    channel: {
      send: async (line) => {
        if (!hasAsker) return false;
        sent.push(line);
        if (hasAnswers) answers = heard(line);
        return true;
      },
      answers: async () => answers,
    },
    log: { info: () => {}, warn: ({ why }: { why?: string }) => warned.push(why ?? ''), error: () => {} } as never,
    now: () => now,
    situation: () => situation,
    first: 7,
  });
});

function heard(line: string): string {
  const [number, , ...words] = line.split(' ');
  const parts = words
    .filter((_, index) => index % 2 === 1)
    .map((address) => {
      const macs = answering[address] ?? [];
      const lines = macs.map((mac) =>
        address.includes(':') ? `Target link-layer address: ${mac}\n from ${address}` : `Unicast reply from ${address} [${mac}]  0.627ms`,
      );
      return [`==> ${address} <==`, `ARPING ${address} from 192.0.2.2 eth0`, ...lines, ''].join('\n');
    });
  return `asked ${number}\n${parts.join('\n')}`;
}
async function seconds(count: number): Promise<string> {
  for (let step = 0; step < count * 4; step++) {
    now += 250;
    await broadcast.step();
  }
  return broadcast.contested.map(({ address, macs, since }) => `${address} ${macs.join('+')} ${since}`).join();
}
const owning = (): void => {
  situation = { ...situation, owned: new Set(['web/web']) };
};

describe('a node hears', () => {
  it('nothing worth telling while the owner alone answers', async () => {
    expect(await seconds(20)).toBe('');
    expect(sent[0]).toBe(`7 eth0 192.0.2.2 ${VIP}`);
  });
  it('that two hosts answer, when they have done so twice, since the first time, for as long as they do', async () => {
    await seconds(4);
    answering = { [VIP]: [OTHER, OWNER] };
    const told = await seconds(6);
    expect(told).toMatch(new RegExp(`^${VIP} ${OWNER}\\+${OTHER} (4|5|6)\\d{3}$`));
    expect(await seconds(60)).toBe(told);
    answering = { [VIP]: [OWNER] };
    expect(await seconds(2)).toBe(told);
    expect(await seconds(6)).toBe('');
  });
  it('nothing of an answer that came once, and goes on telling where one was lost', async () => {
    answering = { [VIP]: [OTHER, OWNER] };
    await seconds(1);
    answering = { [VIP]: [OWNER] };
    expect(await seconds(10)).toBe('');
    answering = { [VIP]: [OTHER, OWNER] };
    const told = await seconds(6);
    answering = {};
    await seconds(1.25);
    answering = { [VIP]: [OTHER, OWNER] };
    expect(await seconds(20)).toBe(told);
  });
  it('no two hosts that answer one after the other, as in a move', async () => {
    for (let times = 0; times < 20; times++) {
      answering = { [VIP]: [times % 2 === 0 ? OWNER : OTHER] };
      expect(await seconds(1.25)).toBe('');
    }
  });
  it('one host that answers for what the node owns itself', async () => {
    owning();
    answering = { [VIP]: [OTHER] };
    expect(await seconds(6)).toContain(OTHER);
  });
  it('nothing of its own link-layer address', async () => {
    owning();
    answering = { [VIP]: [OWN] };
    expect(await seconds(10)).toBe('');
  });
  it('nothing of a question that it asked before it became the owner', async () => {
    await seconds(0.25);
    owning();
    await seconds(1);
    answering = {};
    expect(await seconds(10)).toBe('');
  });
  it('other two hosts than before after a move', async () => {
    answering = { [VIP]: [OWNER, OTHER] };
    await seconds(6);
    answering = { [VIP]: [OTHER, THIRD] };
    expect(await seconds(6)).toContain(`${THIRD}+${OTHER}`);
  });
  it('four hosts at most', async () => {
    answering = { [VIP]: Array.from({ length: 40 }, (_, index) => `02:00:00:00:01:${index + 10}`) };
    await seconds(6);
    expect(broadcast.contested[0]?.macs).toHaveLength(4);
  });
  it('the answers to neighbour solicitations', async () => {
    situation = { ...situation, instances: [{ name: 'web/web', addresses: [VIP6] }] };
    answering = { [VIP6]: [OWNER, OTHER] };
    expect(await seconds(6)).toContain(`${VIP6} ${OWNER}+${OTHER}`);
    expect(sent[0]).toBe(`7 eth0 fe80::2 ${VIP6}`);
  });
});

describe('a node asks by broadcast', () => {
  it.each<[string, () => void]>([
    [
      'for an address outside the networks of its link',
      () => Object.assign(situation, { instances: [{ name: 'web/web', addresses: ['198.51.100.1'] }] }),
    ],
    ['without a link', () => Object.assign(situation, { link: null })],
    [
      'where other nodes are to ask',
      () => Object.assign(situation, { members: { revision: 'r', byInstance: new Map([['web/web', ['node1', 'node3', 'node4']]]) } }),
    ],
  ])('nothing %s', async (_, changed) => {
    changed();
    await seconds(10);
    expect(sent).toEqual([]);
  });
  it('also for an address that it has on any interface, in the name of none of them', async () => {
    const addresses = [{ address: VIP, prefixLength: 24 }, ...ETH0.addresses];
    situation = {
      ...situation,
      interfaces: [
        { ...ETH0, addresses },
        { name: 'kube-ipvs0', addresses: [{ address: VIP, prefixLength: 32 }] },
      ],
    };
    await seconds(2);
    expect(sent[0]).toBe(`7 eth0 192.0.2.2 ${VIP}`);
  });
  it('every two seconds for the same address', async () => {
    await seconds(21);
    expect(sent.length).toBeGreaterThanOrEqual(9);
    expect(sent.length).toBeLessThanOrEqual(11);
  });
  it('for five addresses at once, and for all in turn', async () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `192.0.2.${index + 100}`);
    situation = { ...situation, instances: [{ name: 'web/web', addresses }] };
    await seconds(21);
    const asked = sent.map((line) =>
      line
        .split(' ')
        .slice(2)
        .filter((_, index) => index % 2 === 1),
    );
    expect(Math.max(...asked.map(({ length }) => length))).toBe(5);
    expect(new Set(asked.flat().slice(0, 100)).size).toBe(100);
    expect(asked.flat().length).toBeLessThanOrEqual(105);
  });
  it('1,000 addresses on five nodes within 110 seconds each, by two of the nodes', async () => {
    const nodes = ['node1', 'node2', 'node3', 'node4', 'node5'];
    const addresses = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const interfaces = [{ ...ETH0, addresses: [{ address: '10.0.255.1', prefixLength: 16 }] }];
    const members = { revision: 'r', byInstance: new Map([['web/web', nodes]]) };
    const instances = [{ name: 'web/web', addresses }];
    const times = new Map<string, number>();
    for (const node of nodes) {
      const heardAt: { from: number; text: string }[] = [];
      const one = new Broadcast({
        node,
        channel: {
          send: async (line) => {
            const asked = line
              .split(' ')
              .slice(2)
              .filter((_, index) => index % 2 === 1);
            for (const address of asked) times.set(address, (times.get(address) ?? 0) + 1);
            heardAt.push({ from: now + 1050, text: heard(line) });
            return true;
          },
          answers: async () => heardAt.findLast(({ from }) => from <= now)?.text ?? null,
        },
        log: { info: () => {}, warn: () => {}, error: () => {} },
        now: () => now,
        situation: () => ({ link: 'eth0', interfaces, instances, members, owned: new Set() }),
        first: 1,
      });
      now = 0;
      for (; now < 110_000; now += 250) await one.step();
    }
    expect(times.size).toBe(1000);
    expect(Math.min(...times.values())).toBe(2);
  });
  it('fifty times a second with all nodes of a large group', async () => {
    const nodes = ['node2', ...Array.from({ length: 99 }, (_, index) => `other${index}`)];
    const addresses = Array.from({ length: 150 }, (_, index) => `192.0.2.${index + 100}`);
    const instances = addresses.flatMap((address) =>
      Array.from({ length: 20 }, (_, index) => ({ name: `web/${index}`, addresses: [address] })),
    );
    situation = { ...situation, instances, members: { revision: 'r', byInstance: new Map(instances.map(({ name }) => [name, nodes])) } };
    await seconds(100);
    expect(sent.length * nodes.length).toBeLessThanOrEqual((50 * 100) / 5 + nodes.length);
  });
});

describe('without an asker', () => {
  it('nothing is known, and nothing is amiss', async () => {
    hasAsker = false;
    expect(await seconds(60)).toBe('');
    expect(warned).toEqual([]);
  });
  it('nothing is known any more that it told', async () => {
    answering = { [VIP]: [OWNER, OTHER] };
    await seconds(6);
    hasAsker = false;
    expect(await seconds(3)).toBe('');
  });
  it('that answers, nothing is known any more, and it is said once; it is asked again', async () => {
    answering = { [VIP]: [OWNER, OTHER] };
    await seconds(6);
    hasAnswers = false;
    expect(await seconds(30)).toBe('');
    expect(warned).toEqual(['the asker did not answer']);
    hasAnswers = true;
    expect(await seconds(12)).not.toBe('');
  });
  it('that may ask, it is said why, once', async () => {
    hasAnswers = false;
    await seconds(0.25);
    for (let times = 0; times < 5; times++) {
      answers = `asked ${7 + times}\n==> ${VIP} <==\narping: socket: Operation not permitted\n`;
      await seconds(2.25);
    }
    expect(warned).toEqual(['arping: socket: Operation not permitted']);
  });
});
