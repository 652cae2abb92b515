import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Connection } from '../../src/kube/connection/connection.ts';
import { HttpClient } from '../../src/kube/http-client.ts';

/** More than any client has connections. */
const MANY = 100;

let server: Server;
let held: number;
let connection: Connection;
beforeEach(async () => {
  held = 0;
  server = createServer((request, response) => {
    if (request.url?.includes('/pods/')) held += 1;
    else response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connection = { server: new URL(`http://127.0.0.1:${port}`), namespace: undefined, credentials: async () => ({}) };
});
afterEach(() => {
  server.close().closeAllConnections();
});

it('the lease is renewed at once while a webhook holds up every connection of those who tell the pods', async () => {
  const [pods, lease] = [new HttpClient({ connection }), new HttpClient({ connection })];
  const stop = new AbortController();
  const nudges = Array.from({ length: MANY }, (_, index) =>
    pods.request({ method: 'PATCH', path: `/api/v1/namespaces/web/pods/p${index}`, body: {}, signal: stop.signal }).catch(() => undefined),
  );
  while (held === 0) await new Promise((resolve) => setImmediate(resolve));
  const path = '/apis/coordination.k8s.io/v1/namespaces/home/leases/leader';
  await expect(lease.request({ method: 'PUT', path, body: {}, timeoutMs: 2000 })).resolves.toEqual({});
  expect(held).toBeLessThan(MANY);
  stop.abort();
  await Promise.all(nudges);
});
