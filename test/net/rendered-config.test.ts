/** What the planner writes, localised as on a node and judged by the real keepalived. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../src/agent/activation/config-test.ts';
import { ensureTrackFiles } from '../../src/agent/files/track-file.ts';
import { makeFifo } from '../../src/agent/observation/notify-fifo.ts';
import { pathsIn } from '../../src/agent/paths.ts';
import { runCommand } from '../../src/agent/run-command.ts';
import type { Service } from '../../src/api/core.ts';
import type { KeepalivedGroupSpec } from '../../src/api/group/keepalived-group.ts';
import { parse } from '../../src/conf/parse.ts';
import { print } from '../../src/conf/print.ts';
import { localise } from '../../src/localise/localise.ts';
import { parseSettings } from '../../src/localise/settings.ts';
import { plan } from '../../src/plan/plan.ts';
import { renderConfig } from '../../src/render/config.ts';
import { aGroup, aLoadBalancer, aNode, anInput, aService } from '../builders/object.ts';
import { Bridge } from './bridge.ts';

let bridge: Bridge;
let folder: string;
let host: string;

beforeAll(async () => {
  bridge = new Bridge('rendered');
  host = bridge.host('n1', ['192.0.2.1/24', '2001:db8::1/64']);
  folder = mkdtempSync(join(tmpdir(), 'rendered-'));
});

afterAll(() => {
  bridge[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

/** The file of node n1, as its agent would write it. */
async function fileOf(spec: KeepalivedGroupSpec, services: readonly Service[]): Promise<string> {
  const nodes = ['n1', 'n2', 'n3'].map((name, index) => aNode(name, { addresses: [`192.0.2.${index + 1}`, `2001:db8::${index + 1}`] }));
  const data = renderConfig(plan(anInput({ group: aGroup({ spec }), nodes, services })))?.data;
  const paths = pathsIn({ runDir: folder });
  await makeFifo(paths.notifyFifo, runCommand);
  const settings = parseSettings(data?.['agent.json'] ?? '');
  await ensureTrackFiles(settings.checks, parse(data?.['keepalived.conf'] ?? ''), paths);
  const localised = localise(
    parse(data?.['keepalived.conf'] ?? ''),
    settings,
    {
      node: 'n1',
      pod: 'vips-abc',
      link: 'eth0',
      password: 'secret',
      interfaces: [
        {
          name: 'eth0',
          addresses: [
            { address: '192.0.2.1', prefixLength: 24 },
            { address: '2001:db8::1', prefixLength: 64 },
          ],
        },
      ],
    },
    paths,
  );
  if (localised.kind !== 'file') throw new Error(localised.problem.message);
  expect(localised.problems).toEqual([]);
  return print(localised.conf);
}

const judged = (text: string) => {
  const file = join(folder, 'keepalived.conf');
  writeFileSync(file, text);
  return testConfig(file, text, (program, args, limit) => runCommand('ip', ['netns', 'exec', host, program, ...args], limit));
};

const many = (count: number, each: number): Service[] =>
  Array.from({ length: count }, (_, index) =>
    aService(
      `s${index}`,
      Array.from({ length: each }, (_unused, offset) => `198.18.${index}.${offset + 1}`),
    ),
  );
const local = aLoadBalancer('local', ['192.0.2.210'], {
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 },
});

/** Keywords with values good and bad, alone and beside others; from keepalived.conf(5). */
const VALUES = [
  '',
  'yes',
  'off',
  'never',
  '0',
  '1',
  '2',
  '3',
  '5',
  '0.5',
  '0.015',
  '1.5',
  '100',
  '254',
  '255',
  '256',
  '1000',
  '4294',
  '86400',
  'x',
];
const KEYWORDS = [
  ...['accept', 'advert_int', 'check_unicast_src', 'debug', 'dont_track_primary', 'down_timer_adverts', 'garp_lower_prio_delay'],
  ...['garp_lower_prio_repeat', 'garp_master_delay', 'garp_master_refresh', 'garp_master_refresh_repeat', 'garp_master_repeat'],
  ...['higher_prio_send_advert', 'kernel_rx_buf_size', 'lower_prio_no_advert', 'mcast_src_ip', 'native_ipv6', 'no_accept', 'nopreempt'],
  ...['notify_priority_changes', 'old_unicast_checksum', 'preempt', 'preempt_delay', 'priority', 'promote_secondaries', 'track_src_ip'],
  ...['skip_check_adv_addr', 'state', 'strict_mode', 'unicast_ttl', 'use_vmac', 'version', 'vmac_xmit_base'],
];
const VERBATIM: readonly Readonly<Record<string, string>>[] = [
  ...VALUES.map((value) => Object.fromEntries(KEYWORDS.filter((keyword) => keyword !== 'use_vmac').map((keyword) => [keyword, value]))),
  ...KEYWORDS.map((keyword) => ({ [keyword]: '' })),
  ...['0.5', '41', '255', '40.95'].flatMap((value) => [
    { advert_int: value },
    { advert_int: value, version: '3' },
    { advert_int: value, version: '2' },
  ]),
  ...[
    { nopreempt: '', preempt_delay: '5' },
    { nopreempt: '', state: 'MASTER' },
    { state: 'MASTER', preempt: '' },
    { preempt_delay: '0.5' },
  ],
  ...[{ mcast_src_ip: '192.0.2.1' }, { mcast_src_ip: '2001:db8::1' }, { use_vmac: '', vmac_xmit_base: '' }, { use_vmac: 'vrrp.x' }],
];

describe('what the planner writes is taken by keepalived', () => {
  it.each<[string, KeepalivedGroupSpec, readonly Service[]]>([
    ['one Service', {}, [aService('web', ['192.0.2.200'])]],
    ['no Service', {}, []],
    ['both families in one Service', {}, [aService('web', ['192.0.2.200', '2001:db8::c8'])]],
    ['IPv6 alone', {}, [aService('web', ['2001:db8::c8', '2001:db8::c9'])]],
    ['spread VIPs', {}, [aService('web', ['192.0.2.200', '2001:db8::c8'], { annotations: { spread: 'true' } })]],
    [
      'unicast, with a password',
      { unicastEnabled: true, passwordAuth: { secretRef: { name: 'secret' } } },
      [aService('web', ['192.0.2.200'])],
    ],
    [
      'a password and IPv6, which has none',
      { passwordAuth: { secretRef: { name: 'secret' } } },
      [aService('web', ['192.0.2.200']), aService('six', ['2001:db8::c8'])],
    ],
    ['the policy Local', {}, [local]],
    [
      'verbatim lines',
      { verbatimConfig: { vrrp_version: '3' } },
      [aService('web', ['192.0.2.200'], { annotations: { verbatim: '{"advert_int": "0.5", "nopreempt": ""}' } })],
    ],
    ['255 Services with 20 addresses each', {}, many(255, 20)],
  ])('%s', async (_, spec, services) => {
    expect(await judged(await fileOf(spec, services))).toEqual({ kind: 'good' });
  });

  it.each<[string, KeepalivedGroupSpec, readonly string[]]>([
    ['version 2', {}, ['192.0.2']],
    ['version 3', { vrrp: { version: 3, advertIntervalMilliseconds: 250 } }, ['192.0.2']],
    ['both families', {}, ['192.0.2', '2001:db8:1']],
    ['IPv6 alone', {}, ['2001:db8:1']],
    ['unicast', { unicastEnabled: true }, ['192.0.2']],
    ['no preemption', { vrrp: { preempt: false } }, ['192.0.2']],
    ['late preemption', { vrrp: { preemptDelaySeconds: 10 } }, ['192.0.2']],
  ])('whatever a Service sets, or tries to, beside %s', async (_, spec, prefixes) => {
    const services = VERBATIM.map((lines, index) =>
      aService(
        `s${String(index).padStart(3, '0')}`,
        prefixes.map((prefix) => (prefix.includes(':') ? `${prefix}::${index + 1}` : `198.18.0.${index + 1}`)),
        { annotations: { verbatim: JSON.stringify(lines) } },
      ),
    );
    expect(await judged(await fileOf(spec, services))).toEqual({ kind: 'good' });
  });

  it('and a broken file is refused, which shows that this test can fail', async () => {
    const text = await fileOf({}, [aService('web', ['192.0.2.200'])]);
    expect(await judged(text.replace('virtual_router_id 1', 'virtual_router_id 0'))).toMatchObject({ kind: 'refused' });
  });
});
