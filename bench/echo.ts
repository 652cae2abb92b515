/** Servers on every node that give back what they get, and what becomes of connections to them. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { hostOf, stateOf } from '../lab/cluster/state.ts';
import { CLIENT } from '../lab/hosts/address.ts';
import { onNetworkOf } from '../lab/hosts/host.ts';
import type { Lab } from '../lab/lab.ts';
import { GROUP, NAMESPACE, serviceOf } from '../test/lab/lab-under-test.ts';

const NAME = 'talk';
const [PORT, PERIOD_MS] = [7000, 100];
/** Milliseconds for which connections are watched once it has happened: what is silent then may be so for long. */
const WATCHED = 5000;

/** What became of a connection: `open`, `silent`, or the error that ended it; and how long after the last answer. */
export interface Fate {
  readonly how: string;
  readonly afterMs: number;
}

/** Starts a server on each node. */
export async function serveEcho(lab: Lab): Promise<void> {
  await lab.apply(echoServers(await imageOf(lab)));
  await lab.kubectl(['rollout', 'status', '-n', NAMESPACE, `daemonset/${NAME}`, '--timeout=120s']);
}

/** A Service of the servers. */
export const echoService = (name: string, address: string, externalTrafficPolicy: 'Cluster' | 'Local' = 'Cluster') => ({
  ...serviceOf(GROUP, name, [address]),
  spec: {
    ...{ type: 'LoadBalancer', externalTrafficPolicy, externalIPs: [address] },
    ...{ selector: { app: NAME }, ports: [{ port: PORT, targetPort: PORT }] },
  },
});

/** Of so many connections to each address that were opened before something happened. */
export async function fates(lab: Lab, addresses: readonly string[], count: number, happens: () => Promise<unknown>): Promise<Fate[]> {
  const script = new URL('conversation.ts', import.meta.url).pathname;
  const command = [process.execPath, script, addresses.join(), ...[PORT, count, PERIOD_MS].map(String)];
  const [program = '', ...parameters] = onNetworkOf(hostOf(stateOf(lab.name), CLIENT), command);
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    resolve();
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  await Promise.race([opened, ended.then(() => Promise.reject(new Error('no connection could be opened')))]);
  const [outcome] = await Promise.allSettled([happens()]);
  await new Promise((done) => setTimeout(done, WATCHED));
  child.kill('SIGINT');
  await ended;
  if (outcome?.status === 'rejected') throw outcome.reason;
  return JSON.parse(lines.at(-1) ?? '[]');
}

// --- internal ---

const imageOf = (lab: Lab): Promise<string> =>
  lab.kubectl([
    ...['get', '-n', 'keepalived-operator', 'deployment/keepalived-operator-controller-manager'],
    ...['-o', 'jsonpath={.spec.template.spec.containers[0].image}'],
  ]);

const echoServers = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: NAME, namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: NAME } },
    template: {
      metadata: { labels: { app: NAME } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: NAME,
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', '-e', `require('net').createServer((s) => s.on('error', () => {}).pipe(s)).listen(${PORT}, '::')`],
            readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
});
