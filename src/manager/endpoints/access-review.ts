import { createHash } from 'node:crypto';
import type { Client } from '../../kube/client.ts';
import { collectionPath, type Resource } from '../../kube/object.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';

const TOKEN_REVIEWS: Resource = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', plural: 'tokenreviews', namespaced: false };
const ACCESS_REVIEWS: Resource = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

export interface AccessReviewOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
}

/** 401: nobody that the API server knows; 403: someone who may not; 500: the API server could not be asked. */
export type Verdict = 200 | 401 | 403 | 500;

/** Milliseconds for which an answer counts, as kube-rbac-proxy and controller-runtime have it. */
const IDENTITY_FOR = 60_000;
const ALLOWED_FOR = 5 * 60_000;
const DENIED_FOR = 30_000;
const MOST_REMEMBERED = 1000;
const TIMEOUT = 10_000;
const ATTEMPTS = 5;
const FIRST_PAUSE = 500;

/** Asks the API server who brings a token, and whether they may read a path that is no resource. Anonymous requests are refused. */
export class AccessReview {
  readonly #options: AccessReviewOptions;
  readonly #identities = new Map<string, Remembered<User | undefined>>();
  readonly #permissions = new Map<string, Remembered<boolean>>();

  constructor(options: AccessReviewOptions) {
    this.#options = options;
  }

  async judge(authorization: string | undefined, method: string, path: string): Promise<Verdict> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return 401;
    try {
      const user = await this.#identify(token);
      if (user === undefined) return 401;
      return (await this.#mayRead(user, method.toLowerCase(), path)) ? 200 : 403;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'who asks for metrics could not be reviewed');
      return 500;
    }
  }

  #identify(token: string): Promise<User | undefined> {
    const key = createHash('sha256').update(token).digest('base64');
    return this.#remembered(this.#identities, key, async () => {
      const { status } = await this.#post<TokenReview>(TOKEN_REVIEWS, { token });
      return { value: status?.authenticated === true ? status.user : undefined, milliseconds: IDENTITY_FOR };
    });
  }

  #mayRead({ username, uid, groups, extra }: User, verb: string, path: string): Promise<boolean> {
    const spec = { user: username, uid, groups, extra, nonResourceAttributes: { path, verb } };
    return this.#remembered(this.#permissions, JSON.stringify(spec), async () => {
      const allowed = (await this.#post<SubjectAccessReview>(ACCESS_REVIEWS, spec)).status?.allowed === true;
      return { value: allowed, milliseconds: allowed ? ALLOWED_FOR : DENIED_FOR };
    });
  }

  async #remembered<T>(memory: Map<string, Remembered<T>>, key: string, ask: () => Promise<Answered<T>>): Promise<T> {
    const now = this.#options.clock.monotonic();
    const known = memory.get(key);
    if (known !== undefined && now < known.until) return known.value;
    const { value, milliseconds } = await ask();
    memory.delete(key);
    memory.set(key, { value, until: now + milliseconds });
    for (const [oldest] of memory) if (memory.size > MOST_REMEMBERED) memory.delete(oldest);
    return value;
  }

  async #post<T>(resource: Resource, spec: object, attempt = 1): Promise<T> {
    const body = { apiVersion: resource.apiVersion, kind: resource.kind, spec };
    try {
      return await this.#options.client.request<T>({
        method: 'POST',
        path: collectionPath(resource),
        body,
        timeoutMs: TIMEOUT,
        withoutLead: true,
      });
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await this.#options.clock.sleep(FIRST_PAUSE * 1.5 ** (attempt - 1));
      return this.#post(resource, spec, attempt + 1);
    }
  }
}

// --- internal ---

interface Remembered<T> {
  readonly value: T;
  readonly until: number;
}

interface Answered<T> {
  readonly value: T;
  readonly milliseconds: number;
}

interface User {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface TokenReview {
  readonly status?: { readonly authenticated?: boolean; readonly user?: User };
}

interface SubjectAccessReview {
  readonly status?: { readonly allowed?: boolean };
}
