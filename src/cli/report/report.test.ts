import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../kube/api-error.ts';
import type { Client, Request } from '../../kube/client.ts';
import { answerReport, type ReportOptions } from './command.ts';
import { HIDDEN, scrubbedText, withoutSecrets } from './scrub.ts';

const SECRET = 'hunter2!';
const NOW = new Date('2026-01-02T03:04:05.678Z');
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const VERBATIM = 'keepalived-operator.redhat-cop.io/verbatimconfig';

const group = {
  metadata: {
    ...{ name: 'vips', namespace: 'web' },
    annotations: { [LAST_APPLIED]: `{"password":"${SECRET}"}`, 'other.example/note': SECRET },
    managedFields: [{ manager: SECRET }],
  },
  spec: {
    ...{ interface: 'eth0', passwordAuth: { secretRef: { name: 'vrrp' }, secretKey: 'password' } },
    ...{ verbatimConfig: { auth_pass: SECRET }, daemonsetPodAnnotations: { 'vault.example/token': SECRET } },
  },
};
const service = {
  metadata: {
    ...{ name: 'shop', namespace: 'web' },
    annotations: {
      'keepalived-operator.redhat-cop.io/keepalivedgroup': 'web/vips',
      [VERBATIM]: JSON.stringify({ auth_pass: SECRET, garp_master_delay: '1', track: `auth_pass "with ${SECRET} blanks"` }),
    },
  },
  spec: { externalIPs: ['192.0.2.1'], type: 'ClusterIP' },
};
const bystander = { metadata: { name: 'bystander', namespace: 'web' }, spec: { type: 'ClusterIP' } };
const configMap = {
  metadata: { name: 'vips', namespace: 'web', labels: { keepalivedGroup: 'vips' } },
  data: {
    'keepalived.conf': `vrrp_instance a {\n  authentication {\n    auth_type PASS\n    auth_pass ${SECRET} and "more ${SECRET}"\n  }\n  priority 100\n}\n`,
  },
};
const containers = [{ name: 'agent', image: 'agent:1', args: [`--auth-token=${SECRET}`], env: [{ name: 'PASSWORD', value: SECRET }] }];
const pod = { metadata: { name: 'vips-abc', namespace: 'web', annotations: { inject: SECRET } }, spec: { nodeName: 'node1', containers } };
const event = (reportingController: string, note: string) => ({
  ...{ metadata: { name: `e-${reportingController}`, namespace: 'web' }, reportingController, note },
});
const LISTS: Readonly<Record<string, readonly object[]>> = {
  keepalivedgroups: [group],
  virtualips: [{ metadata: { name: '192.0.2.1' }, spec: { address: '192.0.2.1' } }],
  addresspools: [],
  services: [service, bystander],
  nodes: [{ metadata: { name: 'node1', annotations: { 'cloud.example/token': SECRET } } }],
  configmaps: [configMap],
  daemonsets: [{ metadata: { name: 'vips', namespace: 'web' }, spec: { template: { spec: { containers } } } }],
  pods: [pod],
  events: [event('keepalived-controller', `refused line auth_pass ${SECRET}`), event('kubelet', 'pulled the image')],
  secrets: [{ metadata: { name: 'vrrp', namespace: 'web' }, data: { password: SECRET } }],
};

/** What the command says and writes where the API server answers so; `deny` names what it doesn't. */
async function report(options: ReportOptions = {}, deny: readonly string[] = []) {
  const asked: Request[] = [];
  const request = async (one: Request): Promise<unknown> => {
    asked.push(one);
    const last = one.path.split('/').at(-1) ?? '';
    if (deny.includes(last)) throw new ApiError({ kind: 'response', status: 403, message: `no ${last}` });
    if (last === 'version') return { gitVersion: 'v1.37.0' };
    if (last === 'state') return { version: 1, node: 'node1', instances: [] };
    return { items: LISTS[last] };
  };
  const said: string[] = [];
  const written: { file: string; bytes: Buffer }[] = [];
  const answer = await answerReport(options, {
    ...{ client: { request } as unknown as Client, now: NOW, say: (text) => said.push(text) },
    write: async (file, bytes) => {
      expect(said, 'the list comes first').toHaveLength(1);
      written.push({ file, bytes });
    },
  });
  const files = new Map<string, string>();
  for (const { bytes } of written) {
    const tar = extract();
    tar.end(gunzipSync(bytes));
    for await (const entry of tar) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(entry.header.name, Buffer.concat(chunks).toString('utf8'));
    }
  }
  return { ...answer, asked, said: said.join(''), written, files };
}

describe('kubectl keepalived report', () => {
  it('lists the content first, then writes it', async () => {
    const { said, stdout, status, written, files } = await report();
    expect(status).toBe(0);
    expect(written[0]?.file).toBe('keepalived-report-20260102T030405Z.tar.gz');
    expect(stdout).toContain('written to keepalived-report-20260102T030405Z.tar.gz');
    const names = [...files.keys()].map((name) => name.replace('keepalived-report-20260102T030405Z/', ''));
    expect(names).toEqual([
      ...['README.txt', 'versions.yaml', 'keepalivedgroups.yaml', 'addresspools.yaml', 'virtualips.yaml', 'services.yaml', 'nodes.yaml'],
      ...['configmaps.yaml', 'daemonsets.yaml', 'pods.yaml', 'operator.yaml', 'events.yaml', 'plan.txt', 'plan.yaml'],
      'agents/web/vips-abc.json',
    ]);
    for (const name of names) expect(said).toContain(`\n${name} `);
  });

  it('holds no secret of the group, of an annotation, of a pod or of an Event, and asks for none', async () => {
    const { files, asked, said } = await report();
    for (const [name, text] of files) expect([name, text.includes(SECRET), text.includes('hunter2')]).toEqual([name, false, false]);
    expect(said).not.toContain(SECRET);
    expect(asked.filter(({ path }) => path.includes('secrets'))).toEqual([]);
  });

  it('holds what a fault is found by', async () => {
    const { files } = await report();
    const text = (name: string) => files.get(`keepalived-report-20260102T030405Z/${name}`);
    expect(text('configmaps.yaml')).toMatch(/auth_type PASS\n +auth_pass \*{8}\n[\s\S]*priority 100/);
    expect(text('services.yaml')).toContain('garp_master_delay');
    expect(text('services.yaml')).not.toContain('bystander');
    expect(text('events.yaml')).toContain('refused line');
    expect(text('events.yaml')).not.toContain('pulled the image');
    expect(text('plan.txt')).toMatch(/web\/shop +1 +192\.0\.2\.1 +node1/);
    expect(text('agents/web/vips-abc.json')).toContain('node1');
    expect(text('keepalivedgroups.yaml')).toContain('secretKey: password');
  });

  it('says what it could not read and why, and writes the rest', async () => {
    const { said, status, files } = await report({}, ['configmaps', 'state', 'version']);
    expect(status).toBe(0);
    expect(said).toContain(
      "Not in it:\n  the version of the API server: you may not read it\n  the groups' ConfigMaps: what the nodes are to run: you may not read it\n",
    );
    expect(said).toContain('what the agent on node1 reports (pod web/vips-abc): you may not read it');
    expect([...files.keys()].some((name) => name.endsWith('/keepalivedgroups.yaml'))).toBe(true);
    expect([...files.values()][0]).toContain('you may not read it');
  });

  it('writes nothing where nothing could be read, and says why', async () => {
    const { status, notes, written } = await report({}, [...Object.keys(LISTS), 'version', 'state']);
    expect({ status, written }).toEqual({ status: 1, written: [] });
    expect(notes).toContain('the version of the API server: you may not read it');
    expect(notes.at(-1)).toBe('error: nothing could be read, so there is nothing to write');
  });

  it('only lists', async () => {
    const { said, written } = await report({ list: true });
    expect(said).toContain('keepalivedgroups.yaml');
    expect(written).toEqual([]);
  });
});

describe('what is left out', () => {
  it.each([
    [`auth_pass ${SECRET} x\npriority 1`, `auth_pass ${HIDDEN}\npriority 1`],
    [`  password ${SECRET}\n`, `  password ${HIDDEN}\n`],
    [`run --password=${SECRET} --x`, `run --password=${HIDDEN} --x`],
    ['the password in the Secret is too long', 'the password in the Secret is too long'],
  ])('of the text %j', (text, expected) => expect(scrubbedText(text)).toBe(expected));

  it('of an annotation that is not JSON', () => {
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', annotations: { [VERBATIM]: `{"auth_pass": "${SECRET}` } } };
    expect(JSON.stringify(withoutSecrets(object))).not.toContain(SECRET);
  });
});
