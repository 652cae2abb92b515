import type { KubernetesObject } from '../api/core.ts';
import { GROUP_LABEL } from '../api/names.ts';

/** What becomes of the DaemonSet that a template made for the group; with a sentence, what is to be told of it. */
export type OwnDaemonSet =
  | { readonly kind: 'taken'; readonly object: KubernetesObject; readonly warning?: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * A DaemonSet of a template is taken as it is, with the label by which the operator finds its pods; but one that has programs run that the
 * operator's image doesn't hold would take every address of the group away.
 */
export function ownDaemonSet(object: KubernetesObject, agentImage: string): OwnDaemonSet {
  const name = `DaemonSet ${object.metadata.name} of the template`;
  const daemonSet = object as DaemonSet;
  const pod = daemonSet.spec?.template?.spec ?? {};
  const ofOurs = [...(pod.initContainers ?? []), ...(pod.containers ?? [])].filter(({ image }) => image === agentImage);
  const missing = ofOurs.flatMap((container) => legacyProgram(container) ?? []);
  if (missing.length > 0) {
    const reason = `${name} is left out, and the operator's own is written instead: ${missing.join(', ')}, which image ${agentImage} does not hold; take the DaemonSet out of the template`;
    return { kind: 'refused', reason };
  }
  const taken = labelled(daemonSet);
  if (ofOurs.length > 0) return { kind: 'taken', object: taken };
  const warning = `${name} has no container with the operator's image ${agentImage}: nothing sets interface, peers and password on its nodes, and none of them reports`;
  return { kind: 'taken', object: taken, warning };
}

// --- internal ---

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly command?: unknown;
  readonly args?: unknown;
}

interface DaemonSet extends KubernetesObject {
  readonly spec?: {
    readonly template?: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec?: { readonly initContainers?: readonly Container[]; readonly containers?: readonly Container[] };
    };
  };
}

/** Programs in the image of the Go operator. */
const LEGACY_PROGRAMS = ['/usr/local/bin/notify.sh', '/usr/local/bin/keepalived_exporter'];

function legacyProgram({ name, command, args }: Container): string | undefined {
  const said = JSON.stringify([command, args]);
  const program = LEGACY_PROGRAMS.find((path) => said.includes(path));
  return program === undefined ? undefined : `container ${name} runs ${program}`;
}

function labelled(daemonSet: DaemonSet): KubernetesObject {
  const template = daemonSet.spec?.template;
  const labels = { ...template?.metadata?.labels, [GROUP_LABEL]: daemonSet.metadata.name };
  const spec = { ...daemonSet.spec, template: { ...template, metadata: { ...template?.metadata, labels } } };
  return { ...daemonSet, spec } as KubernetesObject;
}
