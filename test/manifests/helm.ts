/** Helm for tests of the chart: renders offline, as a cluster of some version with some APIs would have it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helmInCache, whyNoHelm } from '../../lab/helm/helm.ts';
import { run } from '../../lab/machine/run.ts';

export const CHART = 'charts/keepalived-operator';

/** Why there is no Helm here. */
export const withoutHelm: string | undefined =
  helmInCache() !== undefined ? undefined : (whyNoHelm ?? 'Helm is not in the cache: ./bin/lab prepare --helm');

/** The end of the names of tests that are skipped without Helm; empty where they run. */
export const withoutHelmWords = withoutHelm === undefined ? '' : ` (skipped: ${withoutHelm})`;

export interface Rendering {
  readonly release?: string;
  readonly namespace?: string;
  readonly values?: object;
  /** Version of Kubernetes, as in `1.37.0`. */
  readonly kubernetes?: string;
  /** API versions beyond those that every cluster has. */
  readonly apis?: readonly string[];
  readonly includeCrds?: boolean;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind; tests look into them by path.
  readonly [field: string]: any;
}

/** Runs Helm and gives what it printed; throws with what it complained of. */
export async function helm(...parameters: readonly string[]): Promise<string> {
  return (await run([helmInCache() ?? 'helm', ...parameters], { timeoutMs: 60_000 })).stdout;
}

/** The text that `helm template` makes of the chart. */
export async function rendered(rendering: Rendering = {}): Promise<string> {
  const { release = 'keepalived-operator', namespace = 'keepalived-operator', values = {}, kubernetes, apis = [], includeCrds } = rendering;
  const folder = mkdtempSync(join(tmpdir(), 'helm-'));
  try {
    writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
    return await helm(
      ...['template', release, CHART, '--namespace', namespace, '--values', join(folder, 'values.json')],
      ...(kubernetes === undefined ? [] : ['--kube-version', kubernetes]),
      ...apis.flatMap((api) => ['--api-versions', api]),
      ...(includeCrds ? ['--include-crds'] : []),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The objects of the chart. */
export const objects = async (rendering: Rendering = {}): Promise<Manifest[]> => objectsIn(await rendered(rendering));

/** Every object of a stream of YAML documents. */
export const objectsIn = (text: string): Manifest[] =>
  parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return (document.toJS() as Manifest | null) ?? [];
  });

/** The one object of a kind, and a name where there are several. Throws when it isn't there. */
export function one(all: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = all.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
  const [object] = found;
  if (object === undefined || found.length > 1)
    throw new Error(`${found.length} objects of kind ${kind}, expected one; there are ${all.map(titleOf).join(', ')}`);
  return object;
}

export const titleOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;
