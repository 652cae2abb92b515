import { isStatus } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { collectionPath } from '../../kube/object.ts';
import type { Settings } from '../../plan/input.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { PODS } from './resource.ts';

/** The pod that this process runs in. */
export interface OwnPod {
  readonly namespace: string;
  readonly name: string;
}

export interface OwnImageOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The image that the API server has for this pod: whoever changes it in a manifest has changed it for the agents, too. Without an answer it is
 * asked for again, until the signal aborts: another image than before would replace every pod of every group. Undefined when nobody may tell.
 */
export async function readOwnImage(pod: OwnPod, { client, clock, log }: OwnImageOptions, signal: AbortSignal): Promise<string | undefined> {
  // By a list, which the manager's role allows already.
  const request = {
    method: 'GET',
    path: collectionPath(PODS, pod.namespace),
    query: { fieldSelector: `metadata.name=${pod.name}` },
    signal,
  } as const;
  while (!signal.aborted) {
    try {
      const image = imageOf(await client.request<Pods>(request));
      log.info({ image }, "the agents' image is the manager's own");
      return image;
    } catch (error) {
      if (signal.aborted) break;
      log.warn({ err: error, pod: `${pod.namespace}/${pod.name}` }, "cannot tell the manager's own image");
      if (isStatus(error, 403)) break;
      await clock.sleep(PAUSE, signal);
    }
  }
  return undefined;
}

/** The settings with the manager's own image, where it is known; keepalived runs from the agents' image unless settings name another. */
export function withOwnImage(settings: Settings, image: string | undefined): Settings {
  const agentImage = image ?? settings.agentImage;
  return { operandImage: agentImage, ...settings, agentImage };
}

// --- internal ---

interface Pods {
  readonly items: readonly { readonly spec: { readonly containers: readonly Container[] } }[];
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

/** Milliseconds until an API server that gave no answer is asked again. */
const PAUSE = 1000;
/** The manager's container in `config/` and in the bundle. Others may be beside it: what puts proxies into pods puts them anywhere. */
const CONTAINER = 'manager';

function imageOf({ items }: Pods): string | undefined {
  const containers = items[0]?.spec.containers ?? [];
  return (containers.find(({ name }) => name === CONTAINER) ?? containers[0])?.image;
}
