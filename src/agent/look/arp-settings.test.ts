import { describe, expect, it } from 'vitest';
import { arpSettings } from './arp-settings.ts';

const SET: Readonly<Record<string, string>> = {
  'conf/all/arp_ignore': '1\n',
  'conf/eth0.7/arp_ignore': '0\n',
  'conf/all/arp_announce': '0\n',
  'conf/eth0.7/arp_announce': '2\n',
  'conf/all/arp_filter': '0\n',
  'conf/eth0.7/arp_filter': '0\n',
  'conf/all/rp_filter': '1\n',
};
const read =
  (settings: Readonly<Record<string, string>>) =>
  async (path: string): Promise<string> => {
    const text = settings[path];
    if (text === undefined) throw new Error(`no ${path}`);
    return text;
  };

describe('the settings of ARP', () => {
  it("are those of all interfaces and the link's own together, as the kernel takes them", async () => {
    expect(await arpSettings('eth0.7', read(SET))).toEqual({ ignore: 1, announce: 2, filter: 0, leastReversePathFilter: 1 });
  });
  it('are unknown where one can not be read', async () => {
    expect(await arpSettings('eth1', read(SET))).toBeNull();
  });
});
