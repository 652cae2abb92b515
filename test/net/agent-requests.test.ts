/** What anybody on the network may send to the agent's port. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../lab/machine/port.ts';
import { AgentServer } from '../../src/agent/serving/server.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { aReport } from '../builders/object.ts';
import { nearly } from '../fuzz/mutation.ts';
import { until } from './until.ts';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 2);
let port = 0;
let server: AgentServer;
const reached: string[] = [];

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  const answers = {
    report: async () => aReport('node1', 'r1'),
    metrics: async () => 'keepalived_up 1\n',
    drained: async (group: string) => {
      reached.push(group);
      return { status: 404, words: 'not of this group' };
    },
  };
  server = new AgentServer(answers, { port, clock: systemClock }, () => {});
  server.serve(['127.0.0.1']);
  await until('the server answers', health, (status) => status === 200);
});
afterAll(() => server.close());

const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;

/** Sends raw bytes and gives what came back until the server closed, which it must. */
const send = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => resolve(answer));
    socket.setTimeout(15_000, () => reject(new Error('the server neither answers nor closes')));
  });

const SAMPLES = [
  'GET /state HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /state HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'GET /../../run/keepalived/keepalived.conf HTTP/1.0\r\n\r\n',
];

describe("the agent's port", () => {
  it(
    'answers or closes whatever is sent, and goes on',
    async () => {
      const requests = nearly(SAMPLES, [
        '\r\n',
        ' ',
        'GET',
        'HTTP/1.1',
        '/',
        '%2e%2e',
        ':',
        '\u0000',
        'Transfer-Encoding: chunked',
        'Content-Length: 99999999999',
      ]);
      await fc.assert(
        fc.asyncProperty(requests, async (text) => {
          expect(await send(text)).toMatch(/^$|^HTTP\/1\.1 (200|4\d\d|50[035]) /);
        }),
        { interruptAfterTimeLimit: SECONDS * 1000, numRuns: 100_000_000 },
      );
      expect(await health()).toBe(200);
    },
    SECONDS * 1000 + 60_000,
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('takes no %s', async (method) => {
    expect(await send(`${method} /state HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 405 /);
  });

  it.each(['/etc/passwd', '/../run/keepalived/keepalived.conf', '/%2e%2e/etc/passwd', '/tmp/keepalived.json', '//state'])(
    'has nothing at %s',
    async (path) => {
      expect(await send(`GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  it('holds no connection that sends nothing for long, and refuses more than it serves', async () => {
    const idle = Array.from({ length: 200 }, () => connect(port, '127.0.0.1').resume());
    const closed = Promise.all(idle.map((socket) => new Promise((resolve) => socket.on('error', resolve).on('close', resolve))));
    await closed;
    expect(await health()).toBe(200);
  }, 60_000);
});
