import type { Client } from '../../kube/client.ts';
import { EVENTS } from '../../kube/events.ts';
import { collectionPath, type KubeObject } from '../../kube/object.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { DAEMON_SETS } from '../cluster/resource.ts';

export interface PodRefusalsOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds for which an answer counts; asked only of groups that lack pods. */
export const ASK_EVERY = 10_000;
const TIMEOUT = 5000;

/** Why the pods of DaemonSets can't be made. Kubernetes says it in Events alone: a DaemonSet has no condition of it. */
export class PodRefusals {
  readonly #options: PodRefusalsOptions;
  readonly #known = new Map<string, { readonly at: number; readonly messages: readonly string[] }>();

  constructor(options: PodRefusalsOptions) {
    this.#options = options;
  }

  /** The messages of a group's DaemonSet, the latest last; those of before when they can't be had. */
  async of(groupKey: string): Promise<readonly string[]> {
    const { clock, log } = this.#options;
    const known = this.#known.get(groupKey);
    if (known !== undefined && clock.monotonic() - known.at < ASK_EVERY) return known.messages;
    const messages = await this.#ask(groupKey).catch((error: unknown) => {
      log.debug({ group: groupKey, err: error }, 'the Events of the DaemonSet could not be read');
      return known?.messages ?? [];
    });
    this.#known.set(groupKey, { at: clock.monotonic(), messages });
    return messages;
  }

  forget(groupKey: string): void {
    this.#known.delete(groupKey);
  }

  async #ask(groupKey: string): Promise<readonly string[]> {
    const [namespace = '', name = ''] = groupKey.split('/');
    const fieldSelector = `regarding.kind=${DAEMON_SETS.kind},regarding.name=${name},reason=FailedCreate`;
    const path = collectionPath(EVENTS, namespace);
    const query = { fieldSelector, limit: 100 };
    const { items } = await this.#options.client.request<{ items: readonly Refusal[] }>({ method: 'GET', path, query, timeoutMs: TIMEOUT });
    return [...items].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)).flatMap(({ note }) => note ?? []);
  }
}

// --- internal ---

/** The part of an Event (events.k8s.io/v1) that is read. */
interface Refusal extends KubeObject {
  readonly note?: string;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
  readonly deprecatedLastTimestamp?: string | null;
}

const timeOf = ({ series, eventTime, deprecatedLastTimestamp, metadata }: Refusal): string =>
  series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
