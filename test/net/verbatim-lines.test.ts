/** A real keepalived and lines that users wrote word for word: one that it refuses, or warns about, is left out by itself and told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerbatimLines } from '../../src/api/node/config.ts';
import { block, line, type Statement } from '../../src/conf/tree.ts';
import { Bridge } from './bridge.ts';
import { instance } from './build.ts';
import { instanceIn, TestNode } from './node.ts';

let bridge: Bridge;
let node: TestNode;

beforeEach(() => {
  bridge = new Bridge('lines');
  node = new TestNode('n1', bridge.host('n1', ['192.0.2.1/24']));
});

afterEach(async () => {
  await node[Symbol.asyncDispose]();
  bridge[Symbol.dispose]();
});

const OTHER = instance('b/other', { id: 8, addresses: ['192.0.2.101'], order: ['n1'] });

/** Has the node run these lines of the group and of one Service, beside those of another; the new revision. */
function put(globals: readonly Statement[], lines: readonly Statement[], others: readonly Statement[] = []): string {
  const own = [line('router_id', 'g'), line('vrrp_skip_check_adv_addr')];
  const verbatim: VerbatimLines[] = [
    { object: 'KeepalivedGroup ns/g', keywords: globals.map(({ keyword }) => keyword) },
    { object: 'Service a/web', instances: ['a/web'], keywords: lines.map(({ keyword }) => keyword) },
    { object: 'Service b/other', instances: ['b/other'], keywords: others.map(({ keyword }) => keyword) },
  ];
  const web = instance('a/web', { id: 7, addresses: ['192.0.2.100'], order: ['n1'], lines });
  const other = { ...OTHER, block: [...(OTHER.block ?? []), ...others] };
  return node.put([block('global_defs', [], [...own, ...globals]), web, other], { verbatim });
}

const TEN = Array.from({ length: 10 }, (_, index) => line(`unknown_${index}`, index));

describe('a verbatim line', () => {
  it.each<[string, readonly Statement[], readonly Statement[], readonly string[]]>([
    ['of a Service that keepalived does not know', [], [line('frobnicate', 'x')], ['Service a/web frobnicate x']],
    ['of the group that keepalived does not know', [line('frobnicate')], [], ['KeepalivedGroup ns/g frobnicate']],
    ['that it only warns about', [line('vrrp_iptables', 'x')], [], ['KeepalivedGroup ns/g vrrp_iptables x']],
    ['with a value that ends its check at once', [line('vrrp_mcast_group4')], [], ['KeepalivedGroup ns/g vrrp_mcast_group4']],
    [
      'of which there are ten, among good ones',
      [line('vrrp_garp_master_delay', 1), ...TEN.slice(5)],
      [line('accept'), ...TEN.slice(0, 5)],
      [
        ...TEN.slice(5).map(({ keyword, words }) => `KeepalivedGroup ns/g ${keyword} ${words[0]}`),
        ...TEN.slice(0, 5).map(({ keyword, words }) => `Service a/web ${keyword} ${words[0]}`),
      ],
    ],
    ['that does not go with another', [], [line('nopreempt'), line('preempt_delay', '5')], ['Service a/web preempt_delay 5']],
    ['that is refused without a number', [], [line('vmac_xmit_base')], ['Service a/web vmac_xmit_base']],
    ['that runs a program where none may', [], [line('notify', '/bin/true')], ['Service a/web notify /bin/true']],
  ])('is left out by itself: one %s', async (_, globals, lines, expected) => {
    put([], []);
    node.start();
    await node.masterOf('a/web');
    const start = Date.now();
    const revision = put(globals, lines, [line('garp_master_delay', '1')]);
    const { config, instances, problems, daemon } = await node.runs(revision);
    console.log(`${Date.now() - start} ms until it runs`);
    expect(config.leftOut?.map(({ object, line: text }) => `${object} ${text}`)).toEqual(expected);
    for (const { message } of config.leftOut ?? []) expect(message).not.toBe('');
    expect(problems).toEqual([]);
    expect(daemon.reloads).toBe(1);
    for (const name of ['a/web', 'b/other']) expect(instanceIn(instances, name)).toMatchObject({ state: 'MASTER' });
    expect(node.configText()).toContain('garp_master_delay 1');
  });

  it('is not blamed when keepalived refuses the file without it, too: the old configuration keeps running', async () => {
    put([], []);
    node.start();
    await node.masterOf('a/web');
    const bad = block('vrrp_instance', ['c/bad'], [line('virtual_router_id', 7), block('virtual_ipaddress', [], [line('192.0.2.9')])]);
    node.put(
      [
        block('global_defs', [], [line('router_id', 'g'), line('frobnicate')]),
        OTHER,
        bad,
        instance('a/web', { id: 7, addresses: ['192.0.2.100'] }),
      ],
      {
        verbatim: [{ object: 'KeepalivedGroup ns/g', keywords: ['frobnicate'] }],
      },
    );
    const report = await node.when('refuses', ({ config }) => config.refused?.revision === 'r2');
    expect(report).toMatchObject({ config: { revision: 'r1' }, daemon: { reloads: 0 } });
    expect(instanceIn(report.instances, 'a/web')).toMatchObject({ state: 'MASTER' });
  });

  it('is left out by an agent that starts again, without a reload', async () => {
    const revision = put([line('vrrp_iptables', 'x')], [line('accept')]);
    node.start();
    await node.masterOf('a/web');
    await node.signalAgent('SIGKILL');
    node.startAgent();
    const { config, daemon } = await node.runs(revision);
    expect(config.leftOut).toEqual([
      { object: 'KeepalivedGroup ns/g', line: 'vrrp_iptables x', message: expect.stringContaining('using nftables instead') },
    ]);
    expect(daemon.reloads).toBe(0);
  });
});
