import { describe, expect, it } from 'vitest';
import { aGroup, aLoadBalancer, anInput, aPod, aService } from '../../test/builders/object.ts';
import type { PlanInput } from '../plan/input.ts';
import { plan } from '../plan/plan.ts';
import { renderObjects } from '../render/objects.ts';
import { parseTemplate } from '../template/syntax/parser.ts';
import { fromTemplate, type Overridden } from './from-template.ts';

const IMAGE = 'operator:1';
const overridden = (template: string, more: Partial<PlanInput> = {}): Overridden => {
  const input = anInput({ services: [aService('a', ['192.0.2.200'])], ...more });
  const { services, pods, settings } = input;
  return fromTemplate(parseTemplate(template), { plan: plan(input), services, pods, settings, supportsPodMonitor: false });
};
const made = (...parameters: Parameters<typeof overridden>) => {
  const result = overridden(...parameters);
  if (result.kind === 'failed') throw new Error(result.problem.message);
  return result;
};
const reasonsOf = (...parameters: Parameters<typeof overridden>): string[] => made(...parameters).problems.map(({ reason }) => reason);
/** The keepalived.conf of what was made. */
const confIn = (...parameters: Parameters<typeof overridden>): string =>
  (made(...parameters).objects[0] as unknown as { data: Record<string, string> }).data['keepalived.conf'] ?? '';

/** A ConfigMap with these lines as its keepalived.conf. */
const config = (lines: string): string => `- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: {{ .KeepalivedGroup.Name }}
  data:
    keepalived.conf: |
${lines.replace(/^/gm, '      ')}
`;
const INSTANCES = `{{ range .Services }}{{ $name := printf "%s/%s" .Namespace .Name }}
vrrp_instance {{ $name }} {
  virtual_router_id {{ index $.KeepalivedGroup.Status.RouterIDs $name }}
{{ range $key, $value := parseJson (index .GetAnnotations "keepalived-operator.redhat-cop.io/verbatimconfig") }}
  {{ $key }} {{ $value }}
{{ end }}
  virtual_ipaddress {
{{ range mergeStringSlices .Status.LoadBalancer.Ingress .Spec.ExternalIPs }}
    {{ . }}
{{ end }}
  }
}
{{ end }}`;

describe('what a custom template makes', () => {
  it('is ours where it makes nothing', () => {
    const input = anInput({ services: [aService('a', ['192.0.2.200'])] });
    expect(made('').objects).toEqual(renderObjects(plan(input), input.settings));
    expect(made('').problems).toEqual([]);
  });

  it('has an address that Services share once: with the first, and with the next when that has left', () => {
    const sharing = (name: string, port: number) =>
      aService(name, ['192.0.2.200'], { spec: { externalIPs: ['192.0.2.200'], ports: [{ port }] } });
    const both = confIn(config(INSTANCES), { services: [sharing('a', 80), sharing('b', 443)] });
    expect(both.match(/^ *192\.0\.2\.200$/gm)).toHaveLength(1);
    expect(both).toContain('vrrp_instance web/a {');
    const sharedAddresses = { '192.0.2.200': { router: 'web/a', services: ['web/a', 'web/b'] } };
    const group = aGroup({ status: { routerIDs: { 'web/a': 7 }, holders: { '192.0.2.200': 'web/a' }, sharedAddresses } });
    const left = confIn(config(INSTANCES), { group, services: [sharing('b', 443)] });
    expect(left).toMatch(/vrrp_instance web\/b \{\s+virtual_router_id 7\s+virtual_ipaddress \{\s+192\.0\.2\.200\s+\}/);
  });

  it('may be one object instead of a list', () => {
    expect(
      confIn('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vips}\ndata: {keepalived.conf: "{{ range .Services }}a{{ end }}"}'),
    ).toBe('a\n');
  });

  it('is in the namespace of the group, owned by it, and found by its label', () => {
    const [object] = made(
      '- {apiVersion: v1, kind: ConfigMap, metadata: {name: vips, namespace: kube-system, ownerReferences: []}, data: {keepalived.conf: a}}',
    ).objects;
    expect(object?.metadata).toMatchObject({
      namespace: 'web',
      labels: { keepalivedGroup: 'vips' },
      ownerReferences: [{ kind: 'KeepalivedGroup', uid: 'uid-of-vips', controller: true }],
    });
  });

  it('has a revision of its own for a text of its own', () => {
    expect(made(config('a')).config?.revision).not.toBe(made(config('b')).config?.revision);
    expect(made('').config?.revision).not.toBe(made(config('a')).config?.revision);
  });

  it('holds the agents’ settings whatever the template says of them', () => {
    const [object] = made(`${config('a')}    agent.json: nonsense`).objects;
    const { data } = object as unknown as { data: Record<string, string> };
    expect(JSON.parse(data['agent.json'] ?? '')).toMatchObject({ link: { name: 'eth0' }, revision: made(config('a')).config?.revision });
  });

  it.each<[string, string]>([
    ['a Secret', 'Secret (v1) is not one of the kinds'],
    ['a ClusterRole', 'ClusterRole (v1) is not one of the kinds'],
    ['a ConfigMap', 'the ConfigMap has no metadata.name'],
  ])('is refused, and only that: %s', (kind, message) => {
    const { objects, problems } = made(`${config('a')}\n- apiVersion: v1\n  kind: ${kind.split(' ')[1]}`);
    expect(objects.map((object) => object.kind)).toEqual(['ConfigMap', 'DaemonSet']);
    expect(problems).toContainEqual(
      expect.objectContaining({ reason: 'TemplateObjectRefused', message: expect.stringContaining(message) }),
    );
  });

  it('is refused where there is nobody to watch it: PodMonitor', () => {
    const monitor = '\n- {apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: vips}}';
    expect(reasonsOf(`${config(INSTANCES)}${monitor}`)).toEqual(['TemplateObjectRefused']);
    const input = anInput({ services: [aService('a', ['192.0.2.200'])] });
    const made = fromTemplate(parseTemplate(`${config(INSTANCES)}${monitor}`), { plan: plan(input), ...input, supportsPodMonitor: true });
    expect(made).toMatchObject({
      kind: 'made',
      objects: [{ kind: 'ConfigMap' }, { kind: 'DaemonSet' }, { kind: 'PodMonitor' }],
      problems: [],
    });
  });

  it('is refused the second time under one name', () => {
    expect(reasonsOf(`${config('a')}${config('b')}`)).toContain('TemplateObjectRefused');
  });

  it('keeps texts as they are written where Kubernetes has texts only', () => {
    const template =
      '- {apiVersion: v1, kind: ConfigMap, metadata: {name: 123, labels: {a: yes, b: 1.0, c: }, annotations: {d: 2026-01-01}}, data: {e: 0x10}}';
    const other = made(template).objects.find(({ metadata }) => metadata.name === '123');
    expect(other).toMatchObject({
      metadata: { labels: { a: 'yes', b: '1.0', c: '' }, annotations: { d: '2026-01-01' } },
      data: { e: '0x10' },
    });
  });

  it('carries the addresses, ids and verbatim lines that the plan accepts', () => {
    const verbatim = '{"advert_int": "2", "notify": "/bin/sh", "state": "BACKUP}"}';
    const services = [
      aLoadBalancer('b', ['192.0.2.202', '192.0.2.201'], { annotations: { verbatim } }),
      aService('c', ['192.0.2.201'], { created: '2026-01-02T00:00:00Z' }),
      aLoadBalancer('nothing', []),
    ];
    expect(confIn(config(INSTANCES), { services })).toBe(`vrrp_instance web/b {
  virtual_router_id 1
  advert_int 2
  virtual_ipaddress {
    192.0.2.201
    192.0.2.202
  }
}
`);
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['', {}, 'web/a', 'web/a/ipv6'],
    [', named as the plan names them: IPv6 was there first', { '2001:db8::1': 'web/a', '192.0.2.1': 'web/a/ipv4' }, 'web/a/ipv4', 'web/a'],
  ])('has an instance for each family%s', (_, saved, ipv4, ipv6) => {
    const services = [aService('a', ['192.0.2.1', '2001:db8::1', '2001:db8::2'])];
    const shared = Object.entries(saved).map(([address, router]) => [address, { router, services: ['web/a'] }]);
    const group = aGroup({ status: { sharedAddresses: Object.fromEntries(shared) } });
    const instance = (name: string, ...addresses: readonly string[]): string =>
      [
        `vrrp_instance ${name} {`,
        '  virtual_router_id 1',
        '  virtual_ipaddress {',
        ...addresses.map((one) => `    ${one}`),
        '  }',
        '}',
        '',
      ].join('\n');
    expect(confIn(config(INSTANCES), { services, group })).toBe(
      `${instance(ipv4, '192.0.2.1')}\n${instance(ipv6, '2001:db8::1', '2001:db8::2')}`,
    );
  });

  it.each(['0', '256', '-1', ''])('lacks a virtual router whose id is none, and says so: "%s"', (id) => {
    const conf = `vrrp_instance web/a {\n  virtual_router_id ${id}\n}\nvrrp_instance other {\n  virtual_router_id 255\n}`;
    expect(confIn(config(conf))).toBe('vrrp_instance other {\n  virtual_router_id 255\n}\n');
    expect(reasonsOf(config(conf))).toEqual(['TemplateRouterWithoutId', 'TemplateAddressMissing']);
  });

  it('is told when it lacks an address', () => {
    const { problems } = made(config('vrrp_instance a {\n}'));
    expect(problems).toEqual([
      expect.objectContaining({ reason: 'TemplateAddressMissing', message: expect.stringContaining('192.0.2.200') }),
    ]);
    expect(reasonsOf(config(INSTANCES))).toEqual([]);
  });

  it('has no password in it: the agents put it in', () => {
    const group = aGroup({ spec: { passwordAuth: { secretRef: { name: 'vrrp' } } } });
    const conf = 'vrrp_instance a {\n  authentication {\n    auth_pass {{ .Misc.authPass }}\n  }\n  priority 1\n}';
    expect(confIn(config(conf), { group })).toBe('vrrp_instance a {\n  priority 1\n}\n');
    expect(confIn(config('vrrp_instance a {\n  authentication {\n    auth_pass own\n  }\n}'))).toContain('auth_pass own');
  });

  it.each<[string, string, string]>([
    ['what the data does not have', '{{ .Nope }}', 'template line 1, column 4: Data has no field Nope'],
    ['a text that is not YAML', '- a: [', 'what the template made is not YAML: line 1, column 7: '],
    [
      'a file that is no keepalived.conf',
      config('vrrp_instance a {\n  b }\n}'),
      "keepalived.conf of the template: line 3, column 1: '}' without a '{'",
    ],
    ['a file with definitions', config('$A=1'), 'line 1, column 1: definitions ($A=1) are not supported'],
    [
      'a ConfigMap without the file',
      config('a').replace('keepalived.conf', 'other.conf'),
      'ConfigMap vips of the template holds no keepalived.conf',
    ],
  ])('is nothing at all for %s', (_, template, message) => {
    const result = overridden(template);
    expect(result).toMatchObject({ kind: 'failed', problem: { reason: 'TemplateFailed', object: { name: 'vips' } } });
    expect(result.kind === 'failed' && result.problem.message).toContain(message);
  });

  it('is the same whatever the order of the input', () => {
    const services = ['a', 'b', 'c'].map((name, index) => aService(name, [`192.0.2.${index}`]));
    const pods = ['node1', 'node2'].map((node) => aPod(node));
    const template = config('{{ range .KeepalivedPods }}{{ .Name }} {{ end }}{{ range .Services }}{{ .Name }} {{ end }}');
    expect(confIn(template, { services: services.toReversed(), pods: pods.toReversed() })).toBe(confIn(template, { services, pods }));
    expect(confIn(template, { services, pods })).toBe('vips-node1 vips-node2 a b c\n');
  });

  it('warns of JSON that parseJson does not take, once, with its place', () => {
    const template = `${config('a')}# {{ parseJson "[]" }}`;
    expect(made(template).problems).toContainEqual(
      expect.objectContaining({ reason: 'TemplateWarning', message: expect.stringMatching(/^template line 8, column \d+: parseJson/) }),
    );
  });
});

describe('the health checks of the Go operator', () => {
  const script = (name: string): string => `vrrp_script ${name} {
  script "/usr/bin/curl --fail --max-time 1 http://127.0.0.1:{{ 30001 }}/health"
  timeout 10
  rise 3
}
vrrp_instance ${name} {
  track_script {
    ${name}
    web/other
  }
}`;
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 };

  it('become the files that the agents write', () => {
    const services = [aLoadBalancer('a', ['192.0.2.1'], { spec })];
    expect(confIn(config(script('web/a')), { services })).toBe(`vrrp_track_file web/a {
  weight -100
}

vrrp_instance web/a {
  track_script {
    web/other
  }
  track_file {
    web/a
  }
}
`);
  });

  it('go where there is no port to ask', () => {
    const services = [aService('a', ['192.0.2.1'], { spec: { externalTrafficPolicy: 'Local' } })];
    expect(confIn(config(script('web/a')), { services })).toBe('vrrp_instance web/a {\n  track_script {\n    web/other\n  }\n}\n');
  });

  it('leave other scripts alone', () => {
    expect(confIn(config('vrrp_script mine {\n  script /bin/mine\n}'))).toContain('script /bin/mine');
  });
});

describe('a DaemonSet of a template', () => {
  const daemonSet = (image: string, command: string): string => `
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: vips}
  spec:
    template:
      spec:
        containers: [{name: it, image: "${image}", command: [bash, -c, "${command}"]}]`;
  const mine = (image: string, command: string) => {
    const { objects, problems } = made(daemonSet(image, command));
    const [, taken] = objects as unknown as { spec: { template: { metadata: object; spec: { containers: { name: string }[] } } } }[];
    return { names: taken?.spec.template.spec.containers.map(({ name }) => name), reasons: problems.map(({ reason }) => reason), taken };
  };

  it('is taken as it is, and its pods can be found', () => {
    const { names, reasons, taken } = mine(IMAGE, '/agent run');
    expect({ names, reasons }).toEqual({ names: ['it'], reasons: [] });
    expect(taken?.spec.template.metadata).toEqual({ labels: { keepalivedGroup: 'vips' } });
  });

  it.each(['/usr/local/bin/notify.sh', '/usr/local/bin/keepalived_exporter -web.listen-address :9650'])(
    'gives way to ours where it can not run: %s',
    (command) => {
      expect(mine(IMAGE, command)).toMatchObject({ names: ['keepalived', 'agent', 'asker'], reasons: ['TemplatePodsUnable'] });
    },
  );

  it('of other images is taken, and what it lacks is told', () => {
    expect(mine('other:1', '/usr/local/bin/notify.sh')).toMatchObject({ names: ['it'], reasons: ['TemplatePodsUnable'] });
  });
});
