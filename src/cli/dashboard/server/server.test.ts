import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate } from './gate.ts';
import { type Serving, serve } from './server.ts';

const TOKEN = 'a-token-that-nobody-guesses';
const DOOR = { token: TOKEN, port: 8300 };

describe('the gate', () => {
  const ask = (rest: { method?: string; url?: string; headers?: Record<string, string> } = {}) =>
    gate({ method: 'GET', url: `/${TOKEN}/page.js`, ...rest, headers: { host: '127.0.0.1:8300', ...rest.headers } }, DOOR);

  it.each<[string, Parameters<typeof ask>[0], string]>([
    ['the page', { url: `/${TOKEN}/` }, '/'],
    ['the page without its slash', { url: `/${TOKEN}` }, ''],
    ['what the page reads', { headers: { origin: 'http://127.0.0.1:8300', 'sec-fetch-site': 'same-origin' } }, '/page.js'],
    ['whoever comes by the name localhost', { headers: { host: 'localhost:8300', origin: 'http://localhost:8300' } }, '/page.js'],
    ['the page, opened from a link elsewhere', { url: `/${TOKEN}/`, headers: { 'sec-fetch-site': 'cross-site' } }, '/'],
  ])('lets %s in', (_, asked, path) => expect(ask(asked)).toMatchObject({ kind: 'in', path }));

  it.each<[string, Parameters<typeof ask>[0], number]>([
    ['without the token', { url: '/' }, 403],
    ['with a part of the token', { url: `/${TOKEN.slice(0, -1)}/` }, 403],
    ['with more than the token', { url: `/${TOKEN}x/` }, 403],
    ['with the token elsewhere', { url: `/?token=${TOKEN}` }, 403],
    ['by a name that was made to lead here', { headers: { host: 'attacker.example:8300' } }, 403],
    ['by a name that begins as ours', { headers: { host: '127.0.0.1:8300.attacker.example' } }, 403],
    ['for another port', { headers: { host: '127.0.0.1:80' } }, 403],
    ['without a port', { headers: { host: '127.0.0.1' } }, 403],
    ['from a page of another origin', { headers: { origin: 'http://attacker.example' } }, 403],
    ['from a page of another port', { headers: { origin: 'http://127.0.0.1:9000' } }, 403],
    ['from a file', { headers: { origin: 'null' } }, 403],
    ['for a script, from another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['for events, from another port', { url: `/${TOKEN}/events`, headers: { 'sec-fetch-site': 'same-site' } }, 403],
    ['by POST', { method: 'POST' }, 405],
    ['by HEAD', { method: 'HEAD' }, 405],
    ['for no address at all', { url: '//' }, 403],
  ])('keeps out who asks %s', (_, asked, status) => expect(ask(asked)).toMatchObject({ kind: 'out', status }));
});

describe('the server', () => {
  let serving: Serving;
  let port = 0;
  const ended: string[] = [];
  beforeAll(async () => {
    serving = await serve({
      port: 0,
      token: TOKEN,
      assets: { '/': { type: 'text/html', text: '<!doctype html>' }, '/page.js': { type: 'text/javascript', text: 'x' } },
      stream: (response) => {
        response.write('event: snapshot\ndata: {}\n\n');
        return () => {
          ended.push('one');
          response.end('event: end\ndata: {}\n\n');
        };
      },
      questions: {
        '/simulate': async (query) => ({ without: query.get('without') }),
        '/address': async () => {
          throw new Error('GET /apis: forbidden');
        },
      },
    });
    port = Number(new URL(serving.address).port);
  });
  afterAll(() => serving.close());

  const open = (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, ...options }, resolve)
        .on('error', reject)
        .end();
    });
  const get = async (...asked: Parameters<typeof open>) => {
    const response = await open(...asked);
    return { status: response.statusCode, headers: response.headers as Record<string, unknown>, body: await text(response) };
  };

  it('is on the loopback address alone, and its address holds the token', () =>
    expect(serving.address).toBe(`http://127.0.0.1:${port}/${TOKEN}/`));

  it('says with each answer, also with refusals, that nothing else may be loaded, framed, kept or named', async () => {
    for (const path of [`/${TOKEN}/`, `/${TOKEN}/page.js`, `/${TOKEN}/nothing`, '/']) {
      const { headers } = await get(path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
      expect(headers).toMatchObject({
        ...{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' },
        ...{ 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' },
      });
      expect(headers).not.toHaveProperty('set-cookie');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it.each([
    ['/', 403, 'text/plain'],
    [`/${TOKEN}/`, 200, 'text/html'],
    [`/${TOKEN}/page.js`, 200, 'text/javascript'],
    [`/${TOKEN}/nothing`, 404, 'text/plain'],
    [`/${TOKEN}/../../etc/passwd`, 403, 'text/plain'],
    [`/${TOKEN}/__proto__`, 404, 'text/plain'],
  ])('answers %s with %i', async (path, status, type) => {
    const answer = await get(path);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, `${type}; charset=utf-8`]);
  });

  it('leads to the page who leaves out the last slash', async () =>
    expect(await get(`/${TOKEN}`)).toMatchObject({ status: 302, headers: { location: `/${TOKEN}/` } }));

  it('says which method it takes', async () =>
    expect(await get(`/${TOKEN}/`, { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET' } }));

  it('looks at the Host header', async () =>
    expect(await get(`/${TOKEN}/`, { headers: { host: `evil.example:${port}` } })).toMatchObject({ status: 403 }));

  it('answers what the page asks for, and in words why it can not', async () => {
    expect(JSON.parse((await get(`/${TOKEN}/simulate?without=node1`)).body)).toEqual({ without: 'node1' });
    expect(JSON.parse((await get(`/${TOKEN}/address?is=x`)).body)).toEqual({ refused: 'GET /apis: forbidden' });
  });

  it('refuses a port that is taken, and says what to do', async () =>
    await expect(serve({ port, token: TOKEN, assets: {}, stream: () => () => {}, questions: {} })).rejects.toThrow(
      /is taken; name another one with --port/,
    ));

  it('ends with a word to each page', async () => {
    const events = await open(`/${TOKEN}/events`);
    const told = text(events);
    await serving.close();
    expect(await told).toBe('event: snapshot\ndata: {}\n\nevent: end\ndata: {}\n\n');
    expect(ended).toEqual(['one']);
  });
});
