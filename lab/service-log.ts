/** Logs of what runs on a host: the lab's own services from their files, the pods' containers through the API server. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostName } from './address.ts';
import { labDir } from './cluster-state.ts';
import type { Lab } from './lab.ts';
import { lastLines } from './run.ts';

/** Containers of the keepalived pods. */
const CONTAINERS = ['keepalived', 'agent', 'config-setup'];

/** The last lines of a component's log. Throws a sentence that names the components of that host. */
export async function readLog(
  lab: Lab,
  host: HostName,
  component: string,
  { lines = 200 }: { readonly lines?: number } = {},
): Promise<string> {
  if (CONTAINERS.includes(component)) return containerLog(lab, host, component, lines);
  const folder = join(labDir(lab.name), 'logs', host);
  const file = join(folder, `${component}.log`);
  if (existsSync(file)) return lastLines(readFileSync(file, 'utf8'), lines);
  const known = existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/\.log$/, '')) : [];
  throw new Error(`${host} has no component ${component}: ${[...known, ...(lab.nodes.includes(host) ? CONTAINERS : [])].join(', ')}`);
}

// --- internal ---

async function containerLog(lab: Lab, host: HostName, container: string, lines: number): Promise<string> {
  const selection = ['--all-namespaces', '--selector=keepalivedGroup', `--field-selector=spec.nodeName=${host}`];
  const pods: { metadata: { name: string; namespace: string } }[] = JSON.parse(
    await lab.kubectl(['get', 'pods', ...selection, '--output=json']),
  ).items;
  const logs = pods.map(({ metadata: { name, namespace } }) =>
    lab.kubectl(['logs', '--namespace', namespace, name, '--container', container, `--tail=${lines}`]),
  );
  return (await Promise.all(logs)).join('');
}
