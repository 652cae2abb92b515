import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKubernetesYaml } from '../../api/kubernetes-yaml.ts';
import type { Answer } from '../answer.ts';
import { answerPlan, type PlanOptions } from './command.ts';

const group = (name: string, spec: object): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'KeepalivedGroup',
  metadata: { name, namespace: 'web' },
  spec,
});
const service = (name: string, reference: string, address: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'web', annotations: { 'keepalived-operator.redhat-cop.io/keepalivedgroup': reference } },
  spec: { externalIPs: [address] },
});
const node = (name: string, address: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { name } },
  status: { addresses: [{ type: 'InternalIP', address }] },
});
const secret = (password: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'vrrp', namespace: 'web' },
  data: { password: Buffer.from(password).toString('base64') },
});

const NODES = [node('node1', '192.0.2.1'), node('node2', '192.0.2.2')];
const PASSWORD = { interface: 'eth0', passwordAuth: { secretRef: { name: 'vrrp' } } };

const answer = (objects: readonly object[], options: Partial<PlanOptions> = {}): Answer =>
  answerPlan([{ name: 'in.yaml', text: objects.map((object) => JSON.stringify(object)).join('\n---\n') }], {
    ...{ namespace: 'default', output: 'yaml', operatorImage: 'operator:1' },
    ...options,
  });

describe('kubectl keepalived plan', () => {
  const input = [group('vips', { interface: 'eth0' }), service('a', 'web/vips', '192.0.2.200'), ...NODES];

  it.each<[PlanOptions['output'], string]>([
    ['name', 'configmap/vips\ndaemonset.apps/vips\n'],
    ['json', '"kind": "List"'],
    ['yaml', '---\napiVersion: apps/v1\nkind: DaemonSet\n'],
    ['wide', 'web/a            1    192.0.2.200   node2,node1\n'],
  ])('prints the objects as %s', (output, text) => {
    const { stdout, notes, status } = answer(input, { output });
    expect(stdout).toContain(text);
    expect({ notes, status }).toEqual({ notes: [], status: 0 });
  });

  it('prints the same objects as YAML and as JSON', () => {
    expect(parseKubernetesYaml(answer(input).stdout)).toEqual(JSON.parse(answer(input, { output: 'json' }).stdout).items);
  });

  it('gives no router id to two groups', () => {
    const both = [group('other', { interface: 'eth0' }), service('b', 'web/other', '192.0.2.201'), ...input];
    const { stdout } = answer(both, { output: 'wide' });
    expect(stdout).toMatch(/web\/b +1 /);
    expect(stdout).toMatch(/web\/a +2 /);
  });

  it.each<[string, readonly object[], string]>([
    [
      'a refused address',
      [...input, service('b', 'web/vips', 'nonsense')],
      'Service web/b: InvalidAddress: "nonsense" is not an IP address',
    ],
    ['a malformed reference', [...input, service('b', 'vips', '192.0.2.9')], 'Service web/b: MalformedGroupReference: '],
    [
      'a reference to nothing',
      [...input, service('b', 'web/none', '192.0.2.9')],
      'names KeepalivedGroup web/none, which is not in the input',
    ],
    ['an input without groups', NODES, 'the input holds no KeepalivedGroup'],
    ['an input without nodes', [group('vips', { interface: 'eth0' })], 'the input holds no Node'],
  ])('tells of %s, and goes on', (_, objects, note) => {
    const { notes, status } = answer(objects);
    expect(notes).toEqual([expect.stringContaining(note)]);
    expect(status).toBe(0);
  });

  it('has a custom template make the objects', () => {
    const template = { name: 't.yaml', text: '{apiVersion: v1, kind: ConfigMap, metadata: {name: vips}, data: {keepalived.conf: mine}}' };
    const text = input.map((object) => JSON.stringify(object)).join('\n---\n');
    const options: PlanOptions = { namespace: 'default', output: 'yaml', operatorImage: 'operator:1' };
    const { stdout, notes } = answerPlan([{ name: 'in.yaml', text }], options, template);
    expect(stdout).toContain('keepalived.conf: |\n    mine\n');
    expect(notes).toEqual([expect.stringContaining('TemplateAddressMissing')]);
    expect(answerPlan([], options, { name: 't.yaml', text: '{{ if }}' }).notes).toEqual([
      expect.stringMatching(/^error: t\.yaml: template line 1, column \d+: /),
    ]);
  });

  it('fails with one sentence when the input can not be read', () => {
    expect(answer([{ kind: 'Service' }])).toEqual({
      ...{ stdout: '', status: 1 },
      notes: ['error: in.yaml: the object has no apiVersion; every Kubernetes object has one'],
    });
  });
});

describe('whatever the input holds', () => {
  const [vips, web] = [group('vips', PASSWORD), service('a', 'web/vips', '192.0.2.200')];
  const more = {
    ...{
      interfaceFromIP: '192.0.2.1',
      nodeSelector: {},
      verbatimConfig: { a: 'b' },
      blacklistRouterIDs: [1],
      unicastEnabled: true,
      segment: 'x',
    },
    ...{
      image: 'x',
      daemonsetPodPriorityClassName: 'x',
      daemonsetPodAnnotations: { a: 'b' },
      vrrp: { version: 3, gratuitousARP: { repeats: 1 } },
    },
    ...{ tolerations: [{ key: 'x' }], imagePullSecrets: [{ name: 'x' }], resources: { agent: { limits: { cpu: 1 } } } },
  };
  const whole = [
    { ...vips, spec: { ...PASSWORD, ...more }, status: { routerIDs: { 'web/a': 1 }, conditions: [{ type: 'Ready', status: 'True' }] } },
    { ...web, spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.200'], externalTrafficPolicy: 'Local', healthCheckNodePort: 1 } },
    { ...service('b', 'web/vips', '192.0.2.201'), status: { loadBalancer: { ingress: [{ ip: '192.0.2.201', hostname: 'x' }] } } },
    { ...node('node1', '192.0.2.1'), spec: { unschedulable: false } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'vips-x', namespace: 'web', labels: { keepalivedGroup: 'vips' } },
      spec: { nodeName: 'node1' },
    },
    secret('s3cret'),
  ];
  /** Every place in the objects, as keys that lead there. */
  const placesIn = (value: unknown): string[][] =>
    typeof value !== 'object' || value === null
      ? [[]]
      : [[], ...Object.entries(value).flatMap(([key, one]) => placesIn(one).map((rest) => [key, ...rest]))];
  const replaced = (value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown => {
    if (key === undefined) return by;
    const copy = structuredClone(value) as Record<string, unknown>;
    return Object.assign(copy, { [key]: replaced(copy[key], rest, by) });
  };
  const junk = fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1.5,
    1e300,
    '',
    'x',
    '192.0.2.9',
    '{',
    [],
    [null],
    [[1]],
    ['x'],
    [{}],
    {},
    { x: {} },
    { name: 1 },
  );

  it('is planned or refused in a sentence', () => {
    fc.assert(
      fc.property(fc.constantFrom(...placesIn(whole).filter((place) => place.length > 1)), junk, (place, by) => {
        const { status, notes } = answer(replaced(whole, place, by) as object[], { node: 'node1' });
        expect(status === 0 || notes.at(-1)?.startsWith('error: ')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused in a sentence, even when it is any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const options: PlanOptions = { namespace: 'default', output: 'wide', operatorImage: 'operator:1' };
        expect([0, 1]).toContain(answerPlan([{ name: 'x', text }], options).status);
      }),
    );
  });
});

describe("a node's file", () => {
  it.each<[string, object, string | undefined, string]>([
    ['on the interface that is named', { interface: 'bond0' }, undefined, 'interface bond0'],
    ['on the interface that is said', { interfaceFromIP: '192.0.2.9' }, 'ens3', 'interface ens3'],
    ['on a stand-in', { interfaceFromIP: '192.0.2.9' }, undefined, 'interface eth0'],
    [
      'with its peers',
      { interface: 'eth0', unicastEnabled: true },
      undefined,
      'unicast_src_ip 192.0.2.1\n  unicast_peer {\n    192.0.2.2\n',
    ],
  ])('is %s', (_, spec, link, text) => {
    const { stdout, status } = answer([group('vips', spec), service('a', 'web/vips', '192.0.2.200'), ...NODES], {
      node: 'node1',
      ...(link && { interface: link }),
    });
    expect(stdout).toContain(text);
    expect(stdout.startsWith('# web/vips on node1\nglobal_defs {')).toBe(true);
    expect(status).toBe(0);
  });

  it('has its own priority as the last, which counts', () => {
    const input = [group('vips', { interface: 'eth0' }), service('a', 'web/vips', '192.0.2.200'), ...NODES];
    const priorities = ['node1', 'node2'].map((name) => [...answer(input, { node: name }).stdout.matchAll(/priority (\d+)/g)].at(-1)?.[1]);
    expect(priorities).toEqual(['248', '254']);
  });

  it.each<[string, readonly object[], readonly string[]]>([
    ['of the input', [secret('s3cret')], []],
    ['that is not in the input', [], ['Secret web/vrrp is not in the input']],
    ['that is too long', [secret('s3cret-and-more')], ['has 15 characters']],
  ])('never holds a password: one %s', (_, secrets, notes) => {
    const input = [group('vips', PASSWORD), service('a', 'web/vips', '192.0.2.200'), ...NODES, ...secrets];
    const { stdout, notes: told } = answer(input, { node: 'node1' });
    expect(stdout).toContain('auth_pass "********"');
    expect(`${stdout}${told.join()}`).not.toMatch(/s3cret/);
    expect(told).toEqual(notes.map((note) => expect.stringContaining(note)));
  });

  it('is missing, with the reason, where the Secret holds nothing under its key', () => {
    const input = [group('vips', PASSWORD), service('a', 'web/vips', '192.0.2.200'), ...NODES, secret('')];
    expect(answer(input, { node: 'node1' })).toMatchObject({ stdout: '', notes: [expect.stringContaining('no file: ')], status: 0 });
  });

  it.each([
    ['nope', 'the input holds no Node nope; it holds: node1, node2'],
    ['node2', 'no group of the input runs on node node2'],
  ])('is asked for in vain: %s', (name, message) => {
    const input = [group('vips', { interface: 'eth0', nodeSelector: { name: 'node1' } }), ...NODES];
    expect(answer(input, { node: name })).toMatchObject({ stdout: '', notes: [expect.stringContaining(message)], status: 1 });
  });
});
