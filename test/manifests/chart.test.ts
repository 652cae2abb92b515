import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VERSION } from '../../lab/kubernetes/kubernetes.ts';
import { matrix, oldestMinor } from '../../scripts/manifests/kubernetes-matrix.ts';
import { IMAGE_REPOSITORY } from '../../scripts/manifests/version.ts';
import { CHART, helm, type Manifest, objects, objectsIn, one, rendered, titleOf, withoutHelm, withoutHelmWords } from './helm.ts';

const OPENSHIFT = ['security.openshift.io/v1', 'route.openshift.io/v1', 'monitoring.coreos.com/v1'];

/** Minor versions of Kubernetes that were run. */
const OLDEST = Number(oldestMinor(matrix()).split('.')[1]);
const NEWEST = Number(VERSION.split('.')[1]);

const environmentOf = (container: Manifest): Record<string, string> =>
  Object.fromEntries(container.env.map(({ name, value }: { name: string; value?: string }) => [name, value ?? '(from the pod)']));
const deploymentOf = async (values: object = {}, release?: string): Promise<Manifest> =>
  one(await objects({ values, ...(release && { release }) }), 'Deployment');
const containerOf = (deployment: Manifest) => deployment.spec.template.spec.containers[0];

describe.skipIf(withoutHelm !== undefined)(`the chart${withoutHelmWords}`, () => {
  it('passes helm lint --strict', async () => expect(await helm('lint', '--strict', CHART)).toContain('0 chart(s) failed'));

  it.each(Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `1.${OLDEST + index}.0`))(
    'renders for Kubernetes %s, with and without the APIs of others',
    async (kubernetes) => {
      const plain = await objects({ kubernetes });
      const openshift = await objects({ kubernetes, apis: OPENSHIFT });
      expect(plain.map(titleOf)).toContain('Deployment/keepalived-operator');
      expect(plain.filter(({ apiVersion }) => !isBuiltIn(apiVersion)).map(titleOf)).toEqual([]);
      expect(openshift.map(titleOf)).toEqual(expect.arrayContaining(plain.map(titleOf)));
    },
  );

  it('refuses a cluster older than the oldest that was run', async () =>
    await expect(rendered({ kubernetes: `1.${OLDEST - 1}.0` })).rejects.toThrow(`kubeVersion: >=1.${OLDEST}.0-0`));

  it('names every namespaced object after the namespace of the release', async () => {
    const all = await objects({ namespace: 'elsewhere', apis: OPENSHIFT });
    const clusterWide = ['ClusterRole', 'ClusterRoleBinding', 'SecurityContextConstraints'];
    const stray = all.filter(({ kind, metadata }) => !clusterWide.includes(kind) && metadata.namespace !== 'elsewhere');
    expect(stray.map(titleOf)).toEqual([]);
    const bindings = all.filter(({ kind, metadata }) => kind.endsWith('RoleBinding') && !metadata.name.endsWith('-prometheus-k8s'));
    for (const binding of bindings) expect(binding.subjects[0].namespace).toBe('elsewhere');
  });

  it('keeps the immutable selector and the names of the Go operator, so that its releases can be upgraded', async () => {
    const deployment = await deploymentOf({}, 'keepalived-operator');
    expect(deployment.metadata.name).toBe('keepalived-operator');
    expect(deployment.spec.selector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'keepalived-operator',
      'app.kubernetes.io/instance': 'keepalived-operator',
      operator: 'keepalived-operator',
    });
    expect(containerOf(deployment).name).toBe('keepalived-operator');
    expect(deployment.spec.template.spec.serviceAccountName).toBe('controller-manager');
  });

  it.each([
    ['another release name', 'vips', {}, 'vips-keepalived-operator'],
    ['nameOverride', 'vips', { nameOverride: 'ka' }, 'vips-ka'],
    ['fullnameOverride', 'vips', { fullnameOverride: 'ka' }, 'ka'],
  ])('names the Deployment by %s', async (_, release, values, name) =>
    expect((await deploymentOf(values, release)).metadata.name).toBe(name),
  );

  it("runs agent and keepalived from the manager's own image unless another is named", async () => {
    const image = 'registry.example.org/ka:v2.0.0';
    const values = { image: { repository: 'registry.example.org/ka', tag: 'v2.0.0' } };
    const container = containerOf(await deploymentOf(values));
    expect(container.image).toBe(image);
    expect(environmentOf(container)).toMatchObject({ KEEPALIVED_OPERATOR_IMAGE_NAME: image, RELATED_IMAGE_KEEPALIVED: image });
    const other = containerOf(await deploymentOf({ keepalived: { image: 'registry.example.org/keepalived:2.3' } }));
    expect(environmentOf(other)).toMatchObject({ RELATED_IMAGE_KEEPALIVED: 'registry.example.org/keepalived:2.3' });
  });

  it('takes a digest before a tag', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(containerOf(await deploymentOf({ image: { digest, tag: 'v2.0.0' } })).image).toBe(`${IMAGE_REPOSITORY}@${digest}`);
  });

  it('mounts the ConfigMap of a custom template where the manager looks for it', async () => {
    const deployment = await deploymentOf({ keepalivedTemplateFromConfigMap: 'my-template' });
    expect(environmentOf(containerOf(deployment)).KEEPALIVEDGROUP_TEMPLATE_FILE_NAME).toBe('/templates/keepalived-template.yaml');
    expect(containerOf(deployment).volumeMounts).toEqual([{ name: 'template', mountPath: '/templates', readOnly: true }]);
    expect(deployment.spec.template.spec.volumes).toEqual([{ name: 'template', configMap: { name: 'my-template' } }]);
  });

  it('meets the restricted Pod Security Standard', async () => {
    const { spec } = (await deploymentOf()).spec.template;
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0].securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  it.each([
    ['its own', {}, [], 'manager'],
    ["cert-manager's", { enableCertManager: true }, ['monitoring.coreos.com/v1'], 'secret'],
    ["OpenShift's", {}, OPENSHIFT, 'secret'],
  ])('serves metrics by HTTPS with a certificate of %s making', async (_, values, apis, from) => {
    const all = await objects({ values, apis });
    const { spec } = one(all, 'Deployment').spec.template;
    expect(spec.containers[0].args).toContain('--metrics-secure-bind-address=:8443');
    expect(spec.containers[0].args.includes('--metrics-cert-path=/etc/keepalived-operator/certs')).toBe(from === 'secret');
    expect(spec.volumes).toEqual(from === 'secret' ? [{ name: 'certs', secret: { secretName: 'keepalived-operator-certs' } }] : undefined);
    const service = one(all, 'Service');
    expect(service.spec.selector).toEqual(one(all, 'Deployment').spec.selector.matchLabels);
    expect(service.spec.ports[0].targetPort).toBe(spec.containers[0].ports[1].name);
    if (apis.length === 0) return;
    const { tlsConfig } = one(all, 'ServiceMonitor').spec.endpoints[0];
    expect(tlsConfig.serverName).toBe(`${service.metadata.name}.keepalived-operator.svc`);
    expect(tlsConfig.ca.secret.name).toBe('keepalived-operator-certs');
  });

  it('refuses Services at admission when asked to, by the policies of config/admission', async () => {
    const values = { admissionPolicies: { enabled: true } };
    const policies = (await objects({ values, kubernetes: '1.31.0' })).filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));
    expect(policies).toEqual(expect.arrayContaining(objectsIn(readFileSync('config/admission/policies.yaml', 'utf8'))));
    await expect(rendered({ values, kubernetes: '1.30.0' })).rejects.toThrow(/needs Kubernetes 1.31 or newer.*1\.30\.0/);
  });

  it('tells the manager which addresses are reserved', async () => {
    const container = containerOf(await deploymentOf({ reservedAddresses: ['10.96.0.0/12', '2001:db8::/64'] }));
    expect(container.args).toContain('--reserved-addresses=10.96.0.0/12,2001:db8::/64');
  });

  it('has Services without a class served where values say so', async () => {
    expect(containerOf(await deploymentOf({ servicesWithoutClass: true })).args).toContain('--services-without-class');
    expect(containerOf(await deploymentOf({})).args).not.toContain('--services-without-class');
  });

  it('lets only those reach the metrics whom values name, when a network policy is asked for', async () => {
    const metricsFrom = [{ namespaceSelector: { matchLabels: { a: 'b' } } }];
    const policy = one(await objects({ values: { networkPolicy: { enabled: true, metricsFrom } } }), 'NetworkPolicy');
    expect(policy.spec.ingress).toEqual([
      { ports: [{ port: 'health', protocol: 'TCP' }] },
      { ports: [{ port: 'https', protocol: 'TCP' }], from: metricsFrom },
    ]);
  });

  it.each([
    ['replicaCount', { replicaCount: 3 }, (deployment: Manifest) => deployment.spec.replicas, 3],
    ['image.pullPolicy', { image: { pullPolicy: 'Always' } }, (deployment: Manifest) => containerOf(deployment).imagePullPolicy, 'Always'],
    [
      'imagePullSecrets',
      { imagePullSecrets: [{ name: 'pull' }] },
      ({ spec }: Manifest) => spec.template.spec.imagePullSecrets,
      [{ name: 'pull' }],
    ],
    ['podAnnotations', { podAnnotations: { a: 'true' } }, ({ spec }: Manifest) => spec.template.metadata.annotations, { a: 'true' }],
    ['nodeSelector', { nodeSelector: { a: 'b' } }, ({ spec }: Manifest) => spec.template.spec.nodeSelector, { a: 'b' }],
    [
      'tolerations',
      { tolerations: [{ operator: 'Exists' }] },
      ({ spec }: Manifest) => spec.template.spec.tolerations,
      [{ operator: 'Exists' }],
    ],
    ['affinity', { affinity: { nodeAffinity: {} } }, ({ spec }: Manifest) => spec.template.spec.affinity, { nodeAffinity: {} }],
    [
      'resources',
      { resources: { limits: { cpu: '1' } } },
      (deployment: Manifest) => containerOf(deployment).resources.limits,
      { cpu: '1' },
    ],
  ])('puts the value %s where it belongs', async (_, values, find, expected) => expect(find(await deploymentOf(values))).toEqual(expected));

  it('has roles and CRD as config/ has them', async () => {
    const all = await objects({ includeCrds: true });
    for (const name of ['config/rbac/role.yaml', 'config/crd/keepalivedgroups.yaml'])
      for (const original of readFileSync(name, 'utf8')
        .split(/^---$/m)
        .map((text) => parse(text)))
        expect(one(all, original.kind, original.metadata.name)).toMatchObject(withoutNamespace(original));
  });

  it('blocks no drain of a cluster with one node: a disruption budget is made only when asked for, for several managers', async () => {
    const kinds = async (values: object): Promise<string[]> => (await objects({ values })).map(({ kind }) => kind);
    const enabled = { podDisruptionBudget: { enabled: true } };
    expect(await kinds({})).not.toContain('PodDisruptionBudget');
    expect(await kinds(enabled)).toContain('PodDisruptionBudget');
    expect(await kinds({ ...enabled, replicaCount: 1 })).not.toContain('PodDisruptionBudget');
  });

  it('lets a manager that is not ready be evicted', async () => {
    const { selector, ...spec } = one(await objects({ values: { podDisruptionBudget: { enabled: true } } }), 'PodDisruptionBudget').spec;
    expect(spec).toEqual({ minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(selector).toEqual((await deploymentOf()).spec.selector);
  });

  it('gives Prometheus a token for the metrics and lets it find the manager, as config/prometheus does', async () => {
    const all = await objects({ apis: OPENSHIFT });
    const { authorization, bearerTokenFile } = one(all, 'ServiceMonitor').spec.endpoints[0];
    const secret = one(all, 'Secret');
    expect({ authorization, bearerTokenFile }).toEqual({
      authorization: { type: 'Bearer', credentials: { name: secret.metadata.name, key: 'token' } },
      bearerTokenFile: undefined,
    });
    expect(secret.metadata.annotations?.['kubernetes.io/service-account.name']).toBe('keepalived-operator-metrics-reader');
    for (const original of ['metrics_reader.yaml', 'prometheus_role.yaml'].flatMap((file) =>
      objectsIn(readFileSync(`config/prometheus/${file}`, 'utf8')),
    )) {
      const { metadata, ...object } = original;
      expect(one(all, original.kind, metadata.name)).toMatchObject(object);
    }
  });

  it("grants the groups' pods two capabilities on OpenShift, and nothing to anyone yet", async () => {
    const all = await objects({ apis: OPENSHIFT });
    const scc = one(all, 'SecurityContextConstraints');
    const { labels: _, ...metadata } = scc.metadata;
    expect(
      one(objectsIn(readFileSync('config/openshift/security_context_constraints.yaml', 'utf8')), 'SecurityContextConstraints'),
    ).toEqual({
      ...scc,
      metadata,
    });
    expect(scc).toMatchObject({ allowedCapabilities: ['NET_ADMIN', 'NET_RAW'], allowPrivilegedContainer: false, users: [], groups: [] });
    expect(one(all, 'ClusterRole', 'keepalived-operator-node-scc').rules[0].resourceNames).toEqual([scc.metadata.name]);
  });
});

describe.skipIf(withoutHelm !== undefined)(`values${withoutHelmWords}`, () => {
  it.each([
    ['a misspelled one', { replicas: 2 }, /additional propert.*'replicas'/i],
    ['one of the wrong type', { replicaCount: 'two' }, /replicaCount/],
    ['a digest that is none', { image: { digest: 'latest' } }, /digest/],
    ['an image of the Go operator', { image: { tag: 'v1.5.4' } }, /a version of the Go operator.*--reset-then-reuse-values/],
  ])('are refused: %s', async (_, values, message) => await expect(rendered({ values })).rejects.toThrow(message));

  it('of the Go operator are accepted, and those that would start its programs are not used', async () => {
    const { env, ...others } = ORIGINAL_VALUES;
    const container = containerOf(await deploymentOf({ ...others, env }));
    expect(environmentOf(container)).toEqual({
      KEEPALIVED_OPERATOR_IMAGE_NAME: container.image,
      RELATED_IMAGE_KEEPALIVED: container.image,
      POD_NAME: '(from the pod)',
      POD_NAMESPACE: '(from the pod)',
    });
  });

  it("of a user's own environment are passed on, and come before the chart's", async () => {
    const container = containerOf(
      await deploymentOf({
        env: [
          { name: 'RELATED_IMAGE_KEEPALIVED', value: 'x:1' },
          { name: 'TZ', value: 'UTC' },
        ],
      }),
    );
    expect(environmentOf(container)).toMatchObject({ RELATED_IMAGE_KEEPALIVED: 'x:1', TZ: 'UTC' });
    const names = container.env.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have a schema that knows each of them', () => {
    const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8'));
    const values = parse(readFileSync(`${CHART}/values.yaml`, 'utf8'));
    expect(Object.keys(values).filter((key) => !(key in schema.properties))).toEqual([]);
    expect(Object.keys(schema.properties).filter((key) => key !== 'global' && !(key in values))).toEqual([]);
  });
});

// --- internal ---

const isBuiltIn = (apiVersion: string): boolean => !apiVersion.includes('.') || apiVersion.split('/')[0]?.endsWith('.k8s.io') === true;

function withoutNamespace({ metadata: { namespace: _, ...metadata }, ...object }: Manifest): object {
  return { ...object, metadata };
}

/** The values of the Go operator's chart 1.5.4, but for its image tag. */
const ORIGINAL_VALUES = {
  replicaCount: 1,
  image: { repository: 'quay.io/redhat-cop/keepalived-operator', pullPolicy: 'IfNotPresent' },
  imagePullSecrets: [],
  nameOverride: '',
  fullnameOverride: '',
  env: [
    { name: 'KEEPALIVED_OPERATOR_IMAGE_NAME', value: 'quay.io/redhat-cop/keepalived-operator:latest' },
    { name: 'KEEPALIVEDGROUP_TEMPLATE_FILE_NAME', value: '/templates/keepalived-template.yaml' },
  ],
  keepalivedTemplateFromConfigMap: '',
  podAnnotations: {},
  resources: { requests: { cpu: '100m', memory: '20Mi' } },
  nodeSelector: {},
  tolerations: [],
  affinity: {},
  kube_rbac_proxy: {
    image: { repository: 'quay.io/redhat-cop/kube-rbac-proxy', pullPolicy: 'IfNotPresent', tag: 'v0.11.0' },
    resources: { requests: { cpu: '100m', memory: '20Mi' } },
  },
  enableMonitoring: true,
};
