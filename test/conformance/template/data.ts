import type { TemplateData } from '../../../src/template/render-template.ts';

/** What every conformance case sees: two VIPs' Services, one without anything optional, and two pods. */
export const DATA: TemplateData = {
  KeepalivedGroup: {
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'KeepalivedGroup',
    metadata: {
      name: 'workers',
      namespace: 'keepalived-operator',
      uid: '4f6d6f2c-7b1e-4a9c-9c55-0a8f2a1c7d10',
      generation: 7,
      creationTimestamp: '2026-11-24T02:03:04Z',
      labels: { tier: 'edge', app: 'vip' },
      annotations: { note: 'say "hi"\tto café' },
      finalizers: ['example.com/a', 'example.com/b'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'owner', uid: 'u-1', controller: true }],
    },
    spec: {
      nodeSelector: { 'node-role.kubernetes.io/worker': '', zone: 'true' },
      image: 'registry.example/keepalived:2',
      interface: 'eth0',
      passwordAuth: { secretRef: { name: 'vrrp' }, secretKey: 'password' },
      verbatimConfig: { vrrp_version: '3', script_user: 'nobody' },
      blacklistRouterIDs: [1, 2, 51],
      unicastEnabled: true,
      daemonsetPodAnnotations: { 'example.com/owner': 'net' },
    },
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'Reconciled', message: '', lastTransitionTime: '2026-11-24T02:05:00Z' }],
      routerIDs: { 'apps/web': 3, 'apps/web/192.0.2.10': 4, 'apps/dns': 5 },
    },
  },
  Services: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'bare', namespace: 'apps', creationTimestamp: null },
      spec: {},
      status: { loadBalancer: {} },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'dns',
        namespace: 'apps',
        annotations: {
          'keepalived-operator.redhat-cop.io/keepalivedgroup': 'keepalived-operator/workers',
          'keepalived-operator.redhat-cop.io/verbatimconfig': '{"track_src_ip": "", "advert_int": "2"}',
          broken: '{"priority": 150, "advert_int": "2"}',
        },
      },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.10',
        externalIPs: ['198.51.100.7'],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30123,
        ipFamilyPolicy: 'SingleStack',
        allocateLoadBalancerNodePorts: false,
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
        ports: [
          { name: 'udp', protocol: 'UDP', port: 53, targetPort: 5353 },
          { name: 'tcp', protocol: 'TCP', port: 53, targetPort: 'dns' },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.53' }] } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'web',
        namespace: 'apps',
        annotations: { 'keepalived-operator.redhat-cop.io/spreadvips': 'true' },
      },
      spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.10', '198.51.100.8'], ports: [{ port: 443, targetPort: 8443 }] },
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }, { ip: '192.0.2.10' }, { ip: '192.0.2.9', ipMode: 'VIP' }] } },
    },
  ],
  KeepalivedPods: [
    {
      metadata: { name: 'workers-a', namespace: 'keepalived-operator' },
      spec: { nodeName: 'node-a', containers: [{ name: 'keepalived', image: 'k:2', securityContext: { privileged: true } }] },
      status: { podIP: '203.0.113.1', podIPs: [{ ip: '203.0.113.1' }], hostIP: '203.0.113.1', phase: 'Running' },
    },
    {
      metadata: { name: 'workers-b', namespace: 'keepalived-operator', deletionTimestamp: '2026-11-24T02:09:00Z' },
      spec: { nodeName: 'node-b', containers: [] },
      status: { podIP: '203.0.113.2', hostIP: '203.0.113.2', phase: 'Running' },
    },
  ],
  Misc: { image: 'registry.example/operator:1', supportsPodMonitor: 'true', authPass: '' },
};
