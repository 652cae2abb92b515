import { describe, expect, it } from 'vitest';
import type { AgentSettings } from '../api/node/config.ts';
import { block, type Conf, line, only, type Statement } from '../conf/tree.ts';
import { emptyConf, localise, POD_PATHS } from './localise.ts';
import type { NodeFacts } from './node-facts.ts';

const paths = POD_PATHS;
const settings: AgentSettings = {
  version: 1,
  revision: 'r1',
  group: 'ns/g',
  link: { kind: 'name', name: 'eth0' },
  password: false,
  checks: [],
};
const unicast = (peers: Record<string, string[]>): AgentSettings => ({ ...settings, unicast: { peers } });
const facts: NodeFacts = {
  node: 'n1',
  pod: 'pod-1',
  interfaces: [
    {
      name: 'eth0',
      addresses: [
        { address: '192.0.2.1', prefixLength: 24 },
        { address: '2001:db8::1', prefixLength: 64 },
      ],
    },
  ],
  link: 'eth0',
  password: null,
};
const vips = (...addresses: string[]): Statement =>
  block(
    'virtual_ipaddress',
    [],
    addresses.map((address) => line(address)),
  );
const instance = (name: string, ...lines: Statement[]): Statement => block('vrrp_instance', [name], lines);
const four = instance('ns/four', vips('192.0.2.100/32'));
const six = instance('ns/six', vips('2001:db8::100/128'));
const peers = (...addresses: string[]): Statement =>
  block(
    'unicast_peer',
    [],
    addresses.map((address) => line(address)),
  );
const pass = (password: string): Statement => block('authentication', [], [line('auth_type', 'PASS'), line('auth_pass', password)]);

/** The lines of each instance of the node's file, by name. */
function linesOf(conf: Conf, from: AgentSettings = settings, about: NodeFacts = facts): Record<string, readonly Statement[] | undefined> {
  const result = localise(conf, from, about, paths);
  if (result.kind === 'refused') throw new Error(result.problem.message);
  return Object.fromEntries(result.conf.filter(({ keyword }) => keyword === 'vrrp_instance').map(({ words, block }) => [words[0], block]));
}

const reasons = (conf: Conf, from: AgentSettings, about: NodeFacts = facts): string[] => {
  const result = localise(conf, from, about, paths);
  return result.kind === 'refused' ? [`refused: ${result.problem.reason}`] : result.problems.map(({ reason }) => reason);
};

describe('every instance', () => {
  it("gets the node's interface", () => {
    expect(linesOf([four])['ns/four']).toEqual([line('interface', 'eth0'), vips('192.0.2.100/32')]);
  });
  it('loses an interface that the text named', () => {
    expect(linesOf([instance('a', line('interface', 'ens9'))]).a).toEqual([line('interface', 'eth0')]);
  });
  it('keeps its other lines, track_interface too', () => {
    const track = block('track_interface', [], [line('eth1')]);
    expect(linesOf([instance('my-interface-svc', track, line('priority', 9))])['my-interface-svc']).toEqual([
      line('interface', 'eth0'),
      track,
      line('priority', 9),
    ]);
  });
  it('has the lines for this node only', () => {
    const conf = [instance('a', only('n1', line('priority', 254)), only('n2', line('priority', 253)))];
    expect(linesOf(conf).a).toEqual([line('interface', 'eth0'), line('priority', 254)]);
  });
  it('has the lines for this pod, as old templates write them', () => {
    expect(linesOf([instance('a', only('pod-1', line('priority', 200)))]).a).toEqual([line('interface', 'eth0'), line('priority', 200)]);
  });
  it("keeps a custom template's own authentication and peers when the group sets none", () => {
    expect(linesOf([instance('a', pass('x'), peers('192.0.2.9'))]).a).toEqual([line('interface', 'eth0'), pass('x'), peers('192.0.2.9')]);
  });
});

describe('without the interface', () => {
  it('the file is refused with what there is', () => {
    const result = localise([four], settings, { ...facts, link: null }, paths);
    expect(result).toMatchObject({
      kind: 'refused',
      problem: { reason: 'InterfaceNotFound', message: expect.stringContaining('it has: eth0') },
    });
  });
  it('the message names the address of a route', () => {
    const byRoute: AgentSettings = { ...settings, link: { kind: 'route', to: '198.51.100.1' } };
    const result = localise([four], byRoute, { ...facts, link: null }, paths);
    expect(result).toMatchObject({ problem: { message: expect.stringContaining('a route to 198.51.100.1') } });
  });
});

describe('unicast', () => {
  const two = unicast({ n1: ['192.0.2.1', '2001:db8::1'], n2: ['192.0.2.2', '2001:db8::2'], n3: ['192.0.2.3'] });

  it('names the own address and the others of the family', () => {
    const lines = linesOf([four, six], two);
    expect(lines['ns/four']?.slice(1, 3)).toEqual([line('unicast_src_ip', '192.0.2.1'), peers('192.0.2.2', '192.0.2.3')]);
    expect(lines['ns/six']?.slice(1, 3)).toEqual([line('unicast_src_ip', '2001:db8::1'), peers('2001:db8::2')]);
  });
  it('takes the place of lines in the text', () => {
    const conf = [instance('a', line('unicast_src_ip', '203.0.113.1'), peers('203.0.113.2'), vips('192.0.2.100'))];
    expect(linesOf(conf, two).a).toEqual([
      line('interface', 'eth0'),
      line('unicast_src_ip', '192.0.2.1'),
      peers('192.0.2.2', '192.0.2.3'),
      vips('192.0.2.100'),
    ]);
  });
  it.each([
    ['IPv4', four, '192.0.2.1', '127.0.0.1'],
    ['IPv6', six, '2001:db8::1', '::1'],
  ])('on the only node talks to itself, never by multicast (%s)', (_, one, own, nobody) => {
    expect(Object.values(linesOf([one], unicast({ n1: [own] })))[0]?.slice(1, 3)).toEqual([line('unicast_src_ip', own), peers(nobody)]);
  });
  it.each([
    ['no node is known', unicast({})],
    ['this node is not known', unicast({ n2: ['192.0.2.2'] })],
    ['this node has no address of the family', unicast({ n1: ['2001:db8::1'], n2: ['192.0.2.2'] })],
  ])('leaves an instance out while %s', (_, from) => {
    expect(linesOf([four], from)).toEqual({});
    expect(reasons([four], from)).toEqual(['PeersUnknown']);
  });
  it('leaves an instance out while the node lacks the address that its peers know', () => {
    const from = unicast({ n1: ['192.0.2.77'], n2: ['192.0.2.2'] });
    expect(linesOf([four], from)).toEqual({});
    expect(reasons([four], from)).toEqual(['OwnAddressUnknown']);
  });
  it('of one family that fails leaves the other alone', () => {
    const from = unicast({ n1: ['192.0.2.1'], n2: ['192.0.2.2'] });
    expect(Object.keys(linesOf([four, six], from))).toEqual(['ns/four']);
    expect(reasons([four, six], from)).toEqual(['PeersUnknown']);
  });
});

describe('the password', () => {
  const withPassword: AgentSettings = { ...settings, password: true };
  const knowing = (password: string | null): NodeFacts => ({ ...facts, password });

  it('goes into instances of version 2 only', () => {
    const lines = linesOf([four, six], withPassword, knowing('hunter2'));
    expect(lines['ns/four']).toContainEqual(pass('hunter2'));
    expect(JSON.stringify(lines['ns/six'])).not.toContain('hunter2');
  });
  it('takes the place of one in the text', () => {
    expect(linesOf([instance('a', pass('old'))], withPassword, knowing('new')).a).toEqual([line('interface', 'eth0'), pass('new')]);
  });
  it.each([
    ['is missing: a refusal, because without it there are two masters', null, ['refused: PasswordMissing']],
    ['can not be printed: a refusal', 'a"b', ['refused: PasswordInvalid']],
    ['is too long: said', '123456789', ['PasswordTruncated']],
  ])('%s', (_, password, expected) => {
    expect(reasons([four], withPassword, knowing(password))).toEqual(expected);
  });
  it('is not missed when every instance is of version 3', () => {
    expect(reasons([six], withPassword)).toEqual([]);
  });
});

describe('the global lines', () => {
  const globals = (conf: Conf): readonly Statement[] | undefined => {
    const result = localise(conf, settings, facts, paths);
    return result.kind === 'file' ? result.conf.find(({ keyword }) => keyword === 'global_defs')?.block : undefined;
  };
  const own = [line('vrrp_notify_fifo', paths.notifyFifo)];

  it('are made when there are none', () => {
    expect(globals([])).toEqual(own);
  });
  it('are kept', () => {
    expect(globals([block('global_defs', [], [line('router_id', 'g')])])).toEqual([line('router_id', 'g'), ...own]);
  });
  it.each(['vrrp_notify_fifo', 'json_dump_file', 'data_use_instance', 'reload_check_config'])(
    "lose %s, which would take the agent's place",
    (keyword) => {
      expect(globals([block('global_defs', [], [line(keyword, 'x')])])).toEqual(own);
    },
  );
  it('stand first, once', () => {
    const result = localise([four, block('global_defs', [], []), block('global_defs', [], [])], settings, facts, paths);
    expect(result.kind === 'file' && result.conf.map(({ keyword }) => keyword)).toEqual(['global_defs', 'vrrp_instance']);
  });
});

describe('a health check', () => {
  const checked: AgentSettings = { ...settings, checks: [{ trackFile: 'ns/four', port: 30000 }] };
  const trackFile = (...lines: Statement[]): Statement => block('vrrp_track_file', ['ns/four'], lines);

  it('is tracked by a file that the agent writes, with a weight for each of ten degrees', () => {
    const result = localise([trackFile(line('weight', -100))], checked, facts, paths);
    expect(result.kind === 'file' && result.conf[1]).toEqual(
      trackFile(line('file', '/run/keepalived/track/ns%2Ffour'), line('weight', -10)),
    );
  });
  it("that is not the group's stays as it is", () => {
    const foreign = trackFile(line('file', '/etc/x'));
    const result = localise([foreign], settings, facts, paths);
    expect(result.kind === 'file' && result.conf[1]).toEqual(foreign);
  });
});

it('the empty file names the FIFO, so that it is there when the first instance comes', () => {
  expect(emptyConf('ns/g', paths)).toEqual([
    block('global_defs', [], [line('router_id', 'ns/g'), line('vrrp_notify_fifo', paths.notifyFifo)]),
  ]);
});
