import { Agent as HttpAgent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { Agent as HttpsAgent } from 'node:https';
// The package's index loads its whole generated client; its configuration alone is a tenth of that.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';

/** Where the API server is and how to prove who asks; credentials are refreshed on the way. */
export interface Connection {
  readonly server: URL;
  /** Namespace of the kubeconfig's context or of the service account. */
  readonly namespace: string | undefined;
  /** Agent, TLS material and headers for the next request. */
  credentials(): Promise<RequestOptions>;
}

/**
 * Connects by the kubeconfig file of that path; without one by KUBECONFIG, ~/.kube/config or the pod's service account, in this order.
 * @param context - of the kubeconfig, another than the current one
 * @throws Error when the configuration names no cluster.
 */
export function connect(kubeconfig?: string, context?: string): Connection {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current context with a cluster; set one with kubectl config use-context');
  const server = new URL(cluster.server);
  const agent = cluster.proxyUrl === undefined ? persistentAgent(server) : undefined;
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    credentials: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return agent === undefined ? options : { ...options, agent };
    },
  };
}

// --- internal ---

/** client-node's own agent opens a connection, and a TLS session, for each request. */
function persistentAgent(server: URL): HttpAgent {
  const options = { keepAlive: true, keepAliveMsecs: 15_000, maxSockets: 64, scheduling: 'lifo' as const };
  return server.protocol === 'http:' ? new HttpAgent(options) : new HttpsAgent(options);
}
