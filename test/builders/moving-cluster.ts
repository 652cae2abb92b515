/** A cluster in memory whose manager plans with the real planner and whose nodes do at once what it says, but for those that a test holds. */
import type { KubernetesObject, Node, Service } from '../../src/api/core.ts';
import type { KeepalivedGroup } from '../../src/api/group/keepalived-group.ts';
import { API_VERSION, DRAIN_ANNOTATION, KIND, PREFERRED_NODES_ANNOTATION } from '../../src/api/names.ts';
import type { Edge } from '../../src/cli/move/carry-out.ts';
import { clusterOf, planGroups } from '../../src/cli/plan/plan-groups.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { type Client, MERGE_PATCH, type Request } from '../../src/kube/client.ts';
import { FakeApi, refusal } from '../fakes/api.ts';
import { aGroup, aNode, aService } from './object.ts';

const GROUP = `/apis/${API_VERSION}/namespaces/web/keepalivedgroups/vips`;

export class MovingCluster {
  readonly api = new FakeApi();
  readonly said: string[] = [];
  readonly stop = new AbortController();
  /** Virtual routers whose nodes do not follow the plan. */
  readonly held = new Set<string>();
  /** Nodes that the manager knows to have been lost, so that they get nothing for a while; told with its next pass. */
  readonly resting = new Set<string>();
  /** Resources, or `nodes`, that the user may not patch. */
  readonly forbidden = new Set<string>();
  /** The most virtual routers that were on their way at once. */
  mostAtOnce = 0;
  /** Every move that happened: `router from to`. */
  readonly moves: string[] = [];
  /** Called after each pass of the manager. */
  afterPass: (pass: number) => void = () => {};
  /** Asked before each request of the user, not of the manager; what it throws is the answer. */
  faultOfUser: (request: Request) => void = () => {};
  #now = 0;
  #passes = 0;

  /** Nodes `node1` to `node3`, and so many Services with an address each. */
  static async of(services: number): Promise<MovingCluster> {
    const cluster = new MovingCluster();
    const names = Array.from({ length: services }, (_, index) => `s${String(index + 1).padStart(2, '0')}`);
    await cluster.#create(
      '/api/v1/nodes',
      ['node1', 'node2', 'node3'].map((name) => aNode(name)),
    );
    await cluster.#create(
      '/api/v1/namespaces/web/services',
      names.map((name, index) => aService(name, [`192.0.2.${index + 1}`])),
    );
    await cluster.#create(`/apis/${API_VERSION}/namespaces/web/keepalivedgroups`, [aGroup()]);
    await cluster.pass();
    await cluster.pass();
    cluster.moves.length = 0;
    return cluster;
  }

  get edge(): Edge {
    const request: Client['request'] = async (asked) => {
      this.faultOfUser(asked);
      if (asked.path.endsWith('/selfsubjectaccessreviews')) {
        const { resource } = (asked.body as { spec: { resourceAttributes: { resource: string } } }).spec.resourceAttributes;
        return { status: { allowed: !this.forbidden.has(resource) } } as never;
      }
      if (asked.path.endsWith('/endpointslices')) return { items: [] } as never;
      if (asked.method === 'PATCH' && [...this.forbidden].some((one) => asked.path.includes(`/${one}/`)))
        throw refusal(403, 'Forbidden', asked);
      return this.api.request(asked);
    };
    return {
      client: { request, stream: this.api.stream.bind(this.api) },
      clock: {
        monotonic: () => this.#now,
        sleep: async (milliseconds) => {
          this.#now += milliseconds;
          await this.pass();
        },
      },
      say: (line) => this.said.push(line),
      signal: this.stop.signal,
    };
  }

  /** What the manager does, and the nodes after it. */
  async pass(): Promise<void> {
    const objects = await this.objects();
    const [planned] = planGroups(clusterOf(objects), { settings: { agentImage: '' } });
    if (planned === undefined) throw new Error('there is no group');
    const before = (await this.group()).status?.virtualRouters ?? [];
    const ownerOf = (router: string): string | undefined => before.find(({ name }) => name === router)?.node;
    const virtualRouters = planned.plan.routers.map(({ name, id, addresses, ranks }) => {
      const node = this.held.has(name) ? ownerOf(name) : ranks[0];
      if (node !== ownerOf(name)) this.moves.push(`${name} ${ownerOf(name)} ${node}`);
      return { name, virtualRouterID: id, addresses, addressCount: addresses.length, plannedNode: ranks[0], node, state: 'Owned' };
    });
    this.mostAtOnce = Math.max(
      this.mostAtOnce,
      virtualRouters.filter(({ name, node }) => ownerOf(name) !== undefined && ownerOf(name) !== node).length,
    );
    const nodeStates = planned.plan.nodes.map((name) => ({ name, ...(this.resting.has(name) && { standsBack: 'Unsteady' }) }));
    const { routerIds: routerIDs, homes, holders, rebalanced } = planned.plan;
    const status = { routerIDs, homes, holders, virtualRouters, nodeStates, rebalanced };
    await this.api.request({ method: 'PATCH', path: GROUP, body: { status }, contentType: MERGE_PATCH });
    this.#passes += 1;
    this.afterPass(this.#passes);
  }

  async objects(): Promise<KubernetesObject[]> {
    const list = async (path: string, apiVersion: string, kind: string) =>
      (await this.api.request<{ items: KubernetesObject[] }>({ method: 'GET', path })).items.map((item) => ({ ...item, apiVersion, kind }));
    return [
      ...(await list(`/apis/${API_VERSION}/keepalivedgroups`, API_VERSION, KIND)),
      ...(await list('/api/v1/services', 'v1', 'Service')),
      ...(await list('/api/v1/nodes', 'v1', 'Node')),
    ];
  }

  group(): Promise<KeepalivedGroup> {
    return this.api.request({ method: 'GET', path: GROUP });
  }

  /** Virtual routers by the node that has them. */
  async owners(): Promise<Record<string, string[]>> {
    const { status } = await this.group();
    const grouped = Map.groupBy(status?.virtualRouters ?? [], ({ node = 'nobody' }) => node);
    return Object.fromEntries([...grouped].map(([node, routers]) => [node, routers.map(({ name }) => name)]));
  }

  /** What planned moves write: the group's entries, and whether the node is marked. */
  async marks(
    node = 'node1',
  ): Promise<{ readonly preferred: unknown; readonly drained: boolean; readonly annotations: readonly string[] }> {
    const { metadata } = await this.api.request<Node>({ method: 'GET', path: `/api/v1/nodes/${node}` });
    const text = (await this.group()).metadata.annotations?.[PREFERRED_NODES_ANNOTATION];
    return {
      preferred: text === undefined ? undefined : JSON.parse(text),
      drained: metadata.annotations?.[DRAIN_ANNOTATION] !== undefined,
      annotations: Object.keys(metadata.annotations ?? {}),
    };
  }

  /** A node that has no address yet. */
  async join(name: string): Promise<void> {
    await this.#create('/api/v1/nodes', [aNode(name)]);
    await this.pass();
  }

  async annotate(path: string, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    await this.api.request({ method: 'PATCH', path, body: { metadata: { annotations } }, contentType: MERGE_PATCH });
  }

  async #create(path: string, objects: readonly (Node | Service | KeepalivedGroup)[]): Promise<void> {
    for (const body of objects) await this.api.request({ method: 'POST', path, body });
  }
}

export const unreachable = (): ApiError => new ApiError({ kind: 'network', message: 'connection refused' });
