import type { KubernetesObject, Pod } from '../../api/core.ts';
import { KIND } from '../../api/names.ts';
import { NODE_POD } from '../../api/node/pod.ts';
import { RELEASED_IMAGE } from '../../api/release.ts';
import { isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { clusterOf, planGroups } from '../plan/plan-groups.ts';
import { VIEWS, yamlOf } from '../plan/view.ts';
import { PARTS, type Part } from './contents.ts';
import { scrubbedText, withoutSecrets } from './scrub.ts';

/** A file of the bundle. */
export interface BundleFile {
  readonly name: string;
  readonly what: string;
  readonly text: string;
}

export interface Gathered {
  readonly files: readonly BundleFile[];
  /** What could not be read, and why: sentences. */
  readonly missing: readonly string[];
}

/** Reads all that can be read, without secrets; what can't be keeps nothing else from being in it. */
export async function gatherReport(client: Client): Promise<Gathered> {
  const parts = await Promise.all(
    PARTS.map((part) =>
      attempt(
        part.what,
        () => objectsOf(client, part),
        (objects) => partFile(part, objects),
      ),
    ),
  );
  const found = parts.flatMap(({ value = [] }) => value);
  const made = [
    await attempt('the version of the API server', () => client.request<object>({ method: 'GET', path: '/version' }), versions),
    ...parts,
    await attempt('the plan', async () => found, planFiles),
    ...(await agentReports(client, parts[PARTS.findIndex(({ file }) => file === 'pods.yaml')]?.value ?? [])),
  ];
  return { files: made.flatMap(({ files }) => files), missing: made.flatMap(({ missing }) => missing) };
}

// --- internal ---

interface Made<T> extends Gathered {
  readonly value?: T;
}

/** Something that is read and made files of, or the reason why not. */
async function attempt<T>(what: string, read: () => Promise<T>, files: (value: T) => readonly BundleFile[]): Promise<Made<T>> {
  try {
    const value = await read();
    return { value, files: files(value), missing: [] };
  } catch (error) {
    const why = isStatus(error, 403) ? 'you may not read it' : isStatus(error, 404) ? 'the cluster has none' : wordsOf(error);
    return { files: [], missing: [`${what}: ${why}`] };
  }
}

const wordsOf = (error: unknown): string => scrubbedText(error instanceof Error ? error.message : String(error));

async function objectsOf(
  client: Client,
  { apiVersion, kind, path, labelSelector, isWanted = () => true }: Part,
): Promise<KubernetesObject[]> {
  const { items } = await client.request<{ readonly items: readonly KubernetesObject[] }>({
    method: 'GET',
    path,
    timeoutMs: 60_000,
    ...(labelSelector !== undefined && { query: { labelSelector } }),
  });
  return items.map((item) => ({ ...item, apiVersion, kind })).filter(isWanted);
}

const partFile = ({ file, what }: Part, objects: readonly KubernetesObject[]): BundleFile[] => [
  { name: file, what: `${what} (${objects.length})`, text: yamlOf(objects.map(withoutSecrets)) },
];

const versions = (apiServer: object): BundleFile[] => [
  { name: 'versions.yaml', what: 'versions of this plugin and of the API server', text: yamlOf([{ plugin: RELEASED_IMAGE, apiServer }]) },
];

/** What the plugin's version makes of the objects, without the agents' reports: what the manager runs may differ, and that is worth seeing. */
function planFiles(objects: readonly KubernetesObject[]): BundleFile[] {
  if (!objects.some(({ kind }) => kind === KIND)) return [];
  const planned = planGroups(clusterOf(objects), { settings: { agentImage: RELEASED_IMAGE, operandImage: RELEASED_IMAGE } });
  return [
    { name: 'plan.txt', what: 'the plan as this plugin makes it', text: scrubbedText(VIEWS.wide(planned)) },
    {
      name: 'plan.yaml',
      what: 'the objects that follow from it',
      text: yamlOf(planned.flatMap(({ objects: made }) => made).map(withoutSecrets)),
    },
  ];
}

const AGENT_TIMEOUT = 10_000;

/** By the API server's proxy, which needs a right that not every reader has, and a way from it to the nodes. */
function agentReports(client: Client, pods: readonly KubernetesObject[]): Promise<Made<KubernetesObject>[]> {
  return Promise.all(
    (pods as unknown as readonly (Pod & KubernetesObject)[]).map(({ metadata: { name, namespace = '' }, spec }) => {
      const what = `what the agent on ${spec?.nodeName ?? 'no node'} reports`;
      const ports = spec?.containers?.flatMap((container) => container.ports ?? []);
      const port = ports?.find((one) => one.name === NODE_POD.metricsPortName)?.containerPort ?? NODE_POD.metricsPort;
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}:${port}/proxy/state`;
      return attempt(
        `${what} (pod ${namespace}/${name})`,
        () => client.request<KubernetesObject>({ method: 'GET', path, timeoutMs: AGENT_TIMEOUT }),
        (report) => [{ name: `agents/${namespace}/${name}.json`, what, text: `${JSON.stringify(withoutSecrets(report), null, 2)}\n` }],
      );
    }),
  );
}
