/** Arbitrary clusters for properties: small, so that collisions are likely, and with texts that would like to be something else. */
import fc from 'fast-check';
import type { Node, Service } from '../../src/api/core.ts';
import type { KeepalivedGroup, KeepalivedGroupSpec } from '../../src/api/group/keepalived-group.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { aGroup, aNode, anInput, aService } from './object.ts';

/** Texts that leave their place where they are written carelessly. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '{',
    '}',
    '} notify /bin/sh',
    '1\n}\nvrrp_instance evil {',
    '1\r\nnotify /bin/sh',
    'a\u2028b',
    'a\u0085b',
    '"',
    '" root "',
    "'",
    '\\',
    '#',
    '!',
    '@node1',
    '@^node1 x',
    '$PWD',
    '$' + '{_PWD}',
    '~SEQ(x,1,9)',
    'include /etc/shadow',
    '- kind: Role',
    'a: b',
    '*x',
    '&x',
    'yes',
    '010',
    '/bin/sh -c "id"',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);

const keyword = fc.oneof(
  fc.constantFrom('advert_int', 'priority', 'nopreempt', 'notify', 'virtual_ipaddress', 'include', 'track_script', 'interface', 'state'),
  hostileText,
);

const addressText = fc.oneof(
  { weight: 8, arbitrary: fc.nat(11).map((last) => `192.0.2.${last}`) },
  { weight: 3, arbitrary: fc.nat(5).map((last) => `2001:DB8::${last}`) },
  { weight: 1, arbitrary: hostileText },
);

const verbatim = fc.oneof(
  fc.dictionary(keyword, hostileText, { maxKeys: 3 }).map((lines) => JSON.stringify(lines)),
  hostileText,
);

/** Services `web/s0`, `web/s1` ...; the later, the younger or as old. */
export const services = (most = 6): fc.Arbitrary<Service[]> =>
  fc
    .array(
      fc.record({
        addresses: fc.array(addressText, { maxLength: 3 }),
        assigned: fc.array(addressText, { maxLength: 2 }),
        type: fc.constantFrom('LoadBalancer', 'ClusterIP'),
        spread: fc.constantFrom('true', 'false'),
        verbatim: fc.option(verbatim, { nil: undefined }),
        policy: fc.constantFrom('Local', 'Cluster'),
        port: fc.constantFrom(0, 30_001),
        day: fc.nat(2),
      }),
      { maxLength: most },
    )
    .map((many) => many.map((one, index) => serviceOf(`s${index}`, one)));

export const nodes: fc.Arbitrary<Node[]> = fc
  .array(fc.record({ ready: fc.boolean(), unschedulable: fc.boolean(), edge: fc.boolean() }), { maxLength: 7 })
  .map((many) =>
    many.map(({ ready, unschedulable, edge }, index) =>
      aNode(`node${index}`, { ready, unschedulable, labels: edge ? { edge: 'true' } : {}, addresses: [`198.51.100.${index}`] }),
    ),
  );

const groupSpec: fc.Arbitrary<KeepalivedGroupSpec> = fc.record(
  {
    interface: fc.oneof(fc.constantFrom('eth0', ''), hostileText),
    interfaceFromIP: fc.oneof(fc.constantFrom('', '192.0.2.1'), hostileText),
    nodeSelector: fc.constantFrom({}, { edge: 'true' }),
    verbatimConfig: fc.dictionary(keyword, hostileText, { maxKeys: 3 }),
    blacklistRouterIDs: fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 }),
    unicastEnabled: fc.boolean(),
    passwordAuth: fc.record({ secretRef: fc.record({ name: hostileText }), secretKey: hostileText }),
    daemonsetPodAnnotations: fc.dictionary(hostileText, hostileText, { maxKeys: 2 }),
    daemonsetPodPriorityClassName: hostileText,
    image: hostileText,
  },
  { requiredKeys: [] },
);

const savedIds = fc.dictionary(
  fc.constantFrom('web/s0', 'web/s1', 'web/s2', 'web/s3/192.0.2.1', 'web/gone'),
  fc.integer({ min: 0, max: 8 }),
  { maxKeys: 4 },
);

export const group = (name = 'vips'): fc.Arbitrary<KeepalivedGroup> =>
  fc.tuple(groupSpec, savedIds).map(([spec, routerIDs]) => aGroup({ name, spec, status: { routerIDs } }));

export const planInput: fc.Arbitrary<PlanInput> = fc
  .record({ group: group(), other: group('other'), services: services(), otherServices: services(2), nodes })
  .map(({ group, other, services, otherServices, nodes }) =>
    anInput({ group, otherGroups: [other], services, otherServices: otherServices.map(elsewhere), nodes }),
  );

/** The same Services under another namespace. */
export const elsewhere = (service: Service): Service => ({ ...service, metadata: { ...service.metadata, namespace: 'elsewhere' } });

// --- internal ---

interface ServiceFacts {
  readonly addresses: readonly string[];
  readonly assigned: readonly string[];
  readonly type: string;
  readonly spread: string;
  readonly verbatim: string | undefined;
  readonly policy: string;
  readonly port: number;
  readonly day: number;
}

function serviceOf(name: string, { addresses, assigned, type, spread, verbatim, policy, port, day }: ServiceFacts): Service {
  return aService(name, addresses, {
    created: `2026-01-0${day + 1}T00:00:00Z`,
    annotations: { spread, ...(verbatim !== undefined && { verbatim }) },
    spec: { type, externalTrafficPolicy: policy, healthCheckNodePort: port },
    status: { loadBalancer: { ingress: assigned.map((ip) => ({ ip })) } },
  });
}
