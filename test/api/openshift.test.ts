/** A cluster that has addresses of its own, kept alive by keepalived too. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../lab/machine/wait.ts';
import { INFRASTRUCTURES } from '../../src/manager/cluster/resource.ts';
import {
  aNamespace,
  type Cluster,
  carried,
  create,
  createGroup,
  createService,
  eventsOf,
  GROUPS,
  groupOf,
  installCrd,
  patchStatus,
  startCluster,
} from './cluster.ts';
import { quiet, startManager } from './manager-under-test.ts';

const INFRASTRUCTURE_CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: infrastructures.config.openshift.io, annotations: { api-approved.kubernetes.io: unapproved for a test } }
spec:
  group: config.openshift.io
  names: { kind: Infrastructure, listKind: InfrastructureList, plural: infrastructures, singular: infrastructure }
  scope: Cluster
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;
/** Of this name follow the ids 9 for the API and 8 for ingress. */
const NAME = 'home-fa';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await installCrd(cluster, INFRASTRUCTURE_CRD);
  await create(cluster, INFRASTRUCTURES, { metadata: { name: 'cluster' }, spec: {} });
  await patchStatus(
    cluster,
    INFRASTRUCTURES,
    { name: 'cluster' },
    {
      infrastructureName: `${NAME}-x7k2p`,
      apiServerInternalURI: `https://api-int.${NAME}.example.com:6443`,
      platformStatus: { type: 'BareMetal', baremetal: { apiServerInternalIPs: ['192.0.2.5'], ingressIPs: ['192.0.2.4'] } },
    },
  );
});
afterAll(() => cluster?.stop());

it('gives Services no virtual router id that the cluster uses itself, and reports one that is in use already', async () => {
  const [fresh, before] = [await aNamespace(cluster, 'fresh'), await aNamespace(cluster, 'before')];
  await createGroup(cluster, fresh, 'vips', { blacklistRouterIDs: [1, 2, 3, 4, 5, 6, 7] });
  await createService(cluster, fresh, 'web', ['192.0.2.10']);
  await createGroup(cluster, before, 'vips');
  await patchStatus(cluster, GROUPS, { namespace: before, name: 'vips' }, { routerIDs: { [`${before}/web`]: 8 } });
  await createService(cluster, before, 'web', ['192.0.2.11']);
  const manager = await startManager(cluster.operator);
  try {
    await carried(cluster, fresh, ['192.0.2.10']);
    await carried(cluster, before, ['192.0.2.11']);
    await quiet(manager);
    expect((await groupOf(cluster, fresh)).status?.routerIDs).toEqual({ [`${fresh}/web`]: 10 });
    expect((await groupOf(cluster, before)).status?.routerIDs).toEqual({ [`${before}/web`]: 8 });
    const told = await waitFor(
      'an Event tells',
      async () => (await eventsOf(cluster, before)).find((line) => line.includes('RouterIdReserved')),
      10_000,
    );
    expect(told).toContain(`the OpenShift cluster ${NAME} itself (IngressVirtualRouterID)`);
  } finally {
    await manager.stop();
  }
});
