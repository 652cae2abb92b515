import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from './connection/connection.ts';
import { HttpClient } from './http-client.ts';

/** As many connections as the client opens at most. */
const CONNECTIONS = 64;
const PATCH = { method: 'PATCH', path: '/apis/apps/v1/namespaces/web/daemonsets/vips', body: {} } as const;

describe('a client of a process that may write only while it leads', () => {
  let server: Server;
  let came: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let leads: boolean;

  beforeEach(async () => {
    came = [];
    leads = true;
    answer = (_request, response) => void response.end('{}');
    server = createServer((request, response) => {
      came.push(request.method ?? '');
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const client = (credentials: Connection['credentials'] = async () => ({})): HttpClient => {
    const { port } = server.address() as AddressInfo;
    const connection = { server: new URL(`http://127.0.0.1:${port}`), namespace: undefined, credentials };
    return new HttpClient({ connection, mayWrite: () => leads });
  };

  it('sends a write over a new connection and over one that is open', async () => {
    const one = client();
    await one.request(PATCH);
    await one.request(PATCH);
    expect(came).toEqual(['PATCH', 'PATCH']);
  });

  it('sends no write when the lead is lost while its connection opens', async () => {
    const losing = async (): Promise<object> => {
      process.nextTick(() => {
        leads = false;
      });
      return {};
    };
    await expect(client(losing).request(PATCH)).rejects.toMatchObject({ kind: 'not-leader' });
    await client().request({ method: 'GET', path: '/version' });
    expect(came).toEqual(['GET']);
  });

  it('sends no write when the lead is lost while it waits for a connection, and goes on to read', async () => {
    const held: ServerResponse[] = [];
    const all = Promise.withResolvers<void>();
    answer = (_request, response) => {
      if (held.push(response) === CONNECTIONS) all.resolve();
    };
    const one = client();
    const reads = Array.from({ length: CONNECTIONS }, () => one.request({ method: 'GET', path: '/version' }));
    await all.promise;
    const write = one.request(PATCH);
    const refused = expect(write).rejects.toMatchObject({ kind: 'not-leader' });
    await new Promise(setImmediate);
    leads = false;
    answer = (_request, response) => void response.end('{}');
    for (const response of held) response.end('{}');
    await Promise.all(reads);
    await refused;
    await one.request({ method: 'GET', path: '/version' });
    expect(came.filter((method) => method !== 'GET')).toEqual([]);
  });
});
