/** What the planner writes, localised as on a node and judged by the real keepalived. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../src/agent/config-test.ts';
import { makeFifo } from '../../src/agent/notify-fifo.ts';
import { pathsIn } from '../../src/agent/paths.ts';
import { runCommand } from '../../src/agent/run-command.ts';
import { ensureTrackFile } from '../../src/agent/track-file.ts';
import type { Service } from '../../src/api/core.ts';
import type { KeepalivedGroupSpec } from '../../src/api/keepalived-group.ts';
import { parse } from '../../src/conf/parse.ts';
import { print } from '../../src/conf/print.ts';
import { localise, trackFileOf } from '../../src/localise/localise.ts';
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
  for (const { trackFile } of settings.checks) await ensureTrackFile(trackFileOf(paths, trackFile));
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
      'a password and IPv6, which has none (D14)',
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

  it('while a broken file is refused, so that this test can fail', async () => {
    const text = await fileOf({}, [aService('web', ['192.0.2.200'])]);
    expect(await judged(text.replace('virtual_router_id 1', 'virtual_router_id 0'))).toMatchObject({ kind: 'refused' });
  });
});
