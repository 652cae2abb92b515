import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from '../../../conf/parse.ts';
import { instancesOf } from '../../../localise/instance.ts';
import { type AdvertSituation, Adverts } from './adverts.ts';
import { Ear } from './ear.ts';

const conf = parse('vrrp_instance web/web {\n virtual_router_id 7\n priority 254\n virtual_ipaddress {\n 192.0.2.100/32\n }\n}\n');
const printed = (source: string, priority = 'c8'): string =>
  `2026/11/26 20:31:53 socat[1] N received packet with 40 bytes from AF=2 ${source}:0\n> 2026/11/26 20:31:53.000  length=20 from=0 to=19\n 21 07 ${priority} 01 01 01 e6 12 c0 00 02 64 73 65 63 72 65 74 31 32\n`;

let folder: string;
let now: number;
let sent: string[];
let hasAsker: boolean;
let asked: string[];
let warned: string[];
let situation: AdvertSituation;
let adverts: Adverts;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adverts-'));
  now = 0;
  [sent, asked, warned] = [[], [], []];
  hasAsker = true;
  situation = {
    link: 'eth0',
    interfaces: [{ name: 'eth0', addresses: [{ address: '192.0.2.1', prefixLength: 24 }] }],
    instances: instancesOf(conf),
    members: null,
  };
  adverts = new Adverts({
    channel: {
      send: async (line) => {
        if (hasAsker) sent.push(line);
        return hasAsker;
      },
    },
    ears: { IPv4: new Ear(folder, 'IPv4'), IPv6: new Ear(folder, 'IPv6') },
    run: async () =>
      ({ status: 0, stdout: '[{"dst":"192.0.2.66","lladdr":"02:00:00:00:00:66","state":["REACHABLE"]}]', stderr: '' }) as never,
    ask: async (address) => {
      asked.push(address);
      return 'answered';
    },
    log: { info: () => {}, warn: ({ why }: { why?: string }) => warned.push(why ?? ''), error: () => {} } as never,
    now: () => now,
    situation: () => situation,
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, 'adverts.4');
async function second(text?: string): Promise<void> {
  now += 1000;
  if (text !== undefined) appendFileSync(file(), text);
  await adverts.step();
}

describe('a node', () => {
  it('has the asker listen for the families that it carries, and again now and then', async () => {
    for (let times = 0; times < 31; times++) await second();
    expect(sent).toEqual(['hear eth0 4', 'hear eth0 4', 'hear eth0 4']);
  });
  it('reports a stranger that it hears twice, with its MAC address, which is asked for once', async () => {
    await second(printed('192.0.2.66'));
    expect(adverts.report).toEqual([]);
    await second(printed('192.0.2.66'));
    await second(printed('192.0.2.66'));
    expect(adverts.report).toMatchObject([
      { source: '192.0.2.66', mac: '02:00:00:00:00:66', id: 7, priority: 200, differs: ['priority'], since: 1000 },
    ]);
    expect(asked).toEqual(['192.0.2.66']);
  });
  it('reports nothing that comes from itself, or is as the group sends it', async () => {
    for (let times = 0; times < 3; times++) await second(printed('192.0.2.1') + printed('192.0.2.2', 'fe'));
    expect(adverts.report).toEqual([]);
  });
  it('reports nothing that comes from an address that a line of a user makes nodes send from', async () => {
    situation = { ...situation, members: { revision: 'r', byInstance: new Map(), sources: new Set(['192.0.2.66']) } };
    for (let times = 0; times < 3; times++) await second(printed('192.0.2.66'));
    expect(adverts.report).toEqual([]);
  });
  it('goes on where the asker begins a new file', async () => {
    await second(printed('192.0.2.66'));
    rmSync(file());
    await second(printed('192.0.2.66').replaceAll('20:31:53', '20:31:54'));
    expect(adverts.report).toHaveLength(1);
  });
  it('has a crowded link listened to anew after a pause', async () => {
    await second('x'.repeat(1_100_000));
    for (let times = 0; times < 4; times++) await second();
    expect(sent).toHaveLength(2);
  });
  it('reports nothing at all without an asker, without its program, and without instances', async () => {
    await second('sh: 1: exec: socat: not found\n');
    await second();
    expect([adverts.report, warned]).toEqual([undefined, ['sh: 1: exec: socat: not found']]);
    rmSync(file());
    await second(printed('192.0.2.66'));
    expect(adverts.report).toEqual([]);
    situation = { ...situation, instances: [] };
    await second();
    expect(adverts.report).toBeUndefined();
    situation = { ...situation, instances: instancesOf(conf) };
    hasAsker = false;
    await second();
    expect(adverts.report).toBeUndefined();
  });
});
