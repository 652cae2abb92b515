/** Logs of what runs on a host: the lab's own services from their files, the pods' containers through the API server. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostName } from '../hosts/address.ts';
import { lastLines } from '../machine/run.ts';
import { kubectl } from './cluster.ts';
import { type LabState, labDir } from './state.ts';

/** Containers of the keepalived pods. */
const CONTAINERS = ['keepalived', 'agent', 'asker', 'config-setup'];

/** The last lines of a component's log. Throws a sentence that names the components of that host. */
export async function readLog(
  state: LabState,
  host: HostName,
  component: string,
  { lines = 200 }: { readonly lines?: number } = {},
): Promise<string> {
  if (CONTAINERS.includes(component)) return containerLog(state, host, component, lines);
  const folder = join(labDir(state.name), 'logs', host);
  const file = join(folder, `${component}.log`);
  if (existsSync(file)) return lastLines(readFileSync(file, 'utf8'), lines);
  const known = existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/\.log$/, '')) : [];
  throw new Error(`${host} has no component ${component}: ${[...known, ...(state.nodes.includes(host) ? CONTAINERS : [])].join(', ')}`);
}

// --- internal ---

async function containerLog(state: LabState, host: HostName, container: string, lines: number): Promise<string> {
  const selection = ['--all-namespaces', '--selector=keepalivedGroup', `--field-selector=spec.nodeName=${host}`];
  const pods: { metadata: { name: string; namespace: string } }[] = JSON.parse(
    (await kubectl(state, ['get', 'pods', ...selection, '--output=json'])).stdout,
  ).items;
  const logs = pods.map(({ metadata: { name, namespace } }) =>
    kubectl(state, ['logs', '--namespace', namespace, name, '--container', container, `--tail=${lines}`]),
  );
  return (await Promise.all(logs)).map(({ stdout }) => stdout).join('');
}
