/** A custom template against a real API server: read at the start, followed through swaps of its mount, broken and mended. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import {
  type Any,
  aNamespace,
  type Cluster,
  CONFIG_MAPS,
  carried,
  confOf,
  createGroup,
  createService,
  eventsOf,
  get,
  groupOf,
  startCluster,
} from './cluster.ts';
import { quiet, startManager } from './manager-under-test.ts';

const NAME = 'keepalived-template.yaml';
const SHIPPED = readFileSync('config/templates/keepalived-template.yaml', 'utf8');
/** The shipped template with one line more in every block, and an object more. */
const EDITED = `${SHIPPED.replace('      }\n{{- end }}', '        # mine\n        dont_track_primary\n      }\n{{- end }}')}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: extra, namespace: kube-system}, data: {answer: yes}}
- {apiVersion: v1, kind: Secret, metadata: {name: never}}
`;
let cluster: Cluster;
let folder: string;
let version = 0;

beforeAll(async () => {
  cluster = await startCluster();
  folder = mkdtempSync(join(tmpdir(), 'template-'));
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

/** Swaps the mounted ConfigMap in one step, as kubelet does. */
function mount(text: string): void {
  version += 1;
  mkdirSync(join(folder, `..${version}`));
  writeFileSync(join(folder, `..${version}`, NAME), text);
  symlinkSync(`..${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (version === 1) symlinkSync(`..data/${NAME}`, join(folder, NAME));
}

const confBecomes = (namespace: string, what: string, wished: (conf: string) => boolean): Promise<string> =>
  waitFor(
    `the configuration ${what}`,
    async () => {
      const conf = (await confOf(cluster, namespace)) ?? '';
      return wished(conf) ? conf : undefined;
    },
    10_000,
  );

const acceptedBecomes = (namespace: string, status: string): Promise<string> =>
  waitFor(
    `condition Accepted is ${status}`,
    async () => {
      const accepted = (await groupOf(cluster, namespace)).status?.conditions?.find(({ type }) => type === 'Accepted');
      return accepted?.status === status ? `${accepted.reason}: ${accepted.message}` : undefined;
    },
    10_000,
  );

it('makes the objects of a group, and a mistake in it takes nothing away', async () => {
  const web = await aNamespace(cluster, 'custom');
  await createGroup(cluster, web, 'vips');
  await createService(cluster, web, 'a', ['192.0.2.1']);
  mount(SHIPPED);
  const manager = await startManager(cluster.connection, { templateFile: join(folder, NAME) });
  try {
    await carried(cluster, web, ['192.0.2.1']);
    await acceptedBecomes(web, 'True');

    mount(EDITED);
    await confBecomes(web, 'has the line', (conf) => conf.includes('dont_track_primary'));
    expect(await acceptedBecomes(web, 'False')).toContain('TemplateObjectRefused: ');
    const extra = await get<Any>(cluster, CONFIG_MAPS, { namespace: web, name: 'extra' });
    expect(extra).toMatchObject({ data: { answer: 'yes' }, metadata: { ownerReferences: [{ kind: 'KeepalivedGroup', name: 'vips' }] } });
    await quiet(manager);

    mount(`${EDITED}{{ if }}`);
    const told = await waitFor(
      'the group tells that the template is broken',
      async () => /custom template is broken.*template line \d+, column \d+: .*/.exec(await acceptedBecomes(web, 'False'))?.[0],
      10_000,
    );
    expect(told).toContain('the last good template stays in force');
    await createService(cluster, web, 'b', ['192.0.2.2']);
    const conf = await confBecomes(web, 'carries the new Service', (text) => text.includes('192.0.2.2'));
    expect(conf).toContain('dont_track_primary');
    expect((await eventsOf(cluster, web)).join()).toContain('KeepalivedGroup/vips TemplateBroken ');

    mount(SHIPPED);
    await confBecomes(web, 'has the line no more', (text) => !text.includes('dont_track_primary'));
    await acceptedBecomes(web, 'True');
    // The statuses of the VirtualIPs come later.
    await quiet(manager);
    expect(await quiet(manager, 3000, manager.proxy.writes.length)).toEqual([]);
  } finally {
    await manager.stop();
  }
});

it('that is broken at the start changes nothing of what is there', async () => {
  const before = await get(cluster, CONFIG_MAPS, { namespace: 'custom', name: 'vips' });
  mount('{{ nope }}');
  const manager = await startManager(cluster.connection, { templateFile: join(folder, NAME) });
  try {
    await createService(cluster, 'custom', 'c', ['192.0.2.3']);
    expect(await acceptedBecomes('custom', 'False')).toMatch(/nothing is written.*template line 1, column 4: there is no function nope/);
    await quiet(manager);
    expect((await get(cluster, CONFIG_MAPS, { namespace: 'custom', name: 'vips' })).metadata.resourceVersion).toBe(
      before.metadata.resourceVersion,
    );
  } finally {
    await manager.stop();
  }
});
