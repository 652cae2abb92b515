import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
// The package's index loads its whole generated client; its configuration alone is a tenth of that.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { type Clock, systemClock } from '../../telemetry/clock.ts';
import { TokenFile } from './token-file.ts';

/** Where the API server is and how to prove who asks; credentials are refreshed on the way. */
export interface Connection {
  readonly server: URL;
  /** Of the kubeconfig's context. */
  readonly name?: string;
  /** Namespace of the kubeconfig's context or of the service account. */
  readonly namespace: string | undefined;
  /** TLS material and headers for the next request; an agent only where a proxy stands between. */
  credentials(): Promise<RequestOptions>;
}

/**
 * Connects by the kubeconfig file of that path; without one by KUBECONFIG, ~/.kube/config or the pod's service account, in this order.
 * @param context - of the kubeconfig, another than the current one
 * @throws Error when the configuration names no cluster.
 */
export function connect(kubeconfig?: string, context?: string, clock: Pick<Clock, 'monotonic'> = systemClock): Connection {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current context with a cluster; set one with kubectl config use-context');
  const server = new URL(cluster.server);
  const ofServiceAccount = tokenFileOf(config, clock);
  return {
    server,
    name: config.getCurrentContext(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    credentials: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      if (ofServiceAccount !== undefined)
        options.headers = { ...(options.headers as OutgoingHttpHeaders), Authorization: `Bearer ${await ofServiceAccount.token()}` };
      // client-node's own agent opens a connection, and a TLS session, for each request: whoever sends keeps connections of his own.
      return cluster.proxyUrl === undefined ? { ...options, agent: undefined } : options;
    },
  };
}

// --- internal ---

/** The file that client-node would read, which it then doesn't. */
function tokenFileOf(config: KubeConfig, clock: Pick<Clock, 'monotonic'>): TokenFile | undefined {
  const user = config.getCurrentUser();
  const { tokenFile } = (user?.authProvider?.config ?? {}) as { readonly tokenFile?: string };
  if (user === null || tokenFile === undefined) return undefined;
  const { authProvider: _, ...withoutProvider } = user;
  config.users = config.users.map((one) => (one === user ? withoutProvider : one));
  return new TokenFile(tokenFile, clock);
}
