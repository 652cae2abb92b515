import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cachePath } from '../cache.ts';
import { downloadFrom } from './download.ts';
import { COMPONENTS, VERSION } from './kubernetes.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const step = { say: () => {}, log: '/dev/null' };
const PARTIAL = `kubernetes/download-${VERSION}`;
const textOf = (name: string): string => `#!/bin/sh\necho ${name}\n`.padEnd(100_000, '#');
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

let root = '';
let server: Server;
let requests: string[] = [];
let published = (name: string): string => digest(textOf(name));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'download-test-'));
  vi.stubEnv('XDG_CACHE_HOME', root);
  requests = [];
  published = (name) => digest(textOf(name));
  server = createServer((request, response) => {
    const name = basename(request.url ?? '');
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push(from === 0 ? name : `${name} from ${from}`);
    if (name.endsWith('.sha256')) return response.end(`${published(name.replace('.sha256', ''))}\n`);
    const body = textOf(name);
    if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` });
    return response.end(body.slice(from));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((closed) => server.close(closed));
  rmSync(root, { recursive: true });
});

const site = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const target = (): string => {
  mkdirSync(join(root, 'target'));
  return join(root, 'target');
};

describe.skipIf(!hasCurl)(`the official download${hasCurl ? '' : ' (skipped: no curl on this machine)'}`, () => {
  it('fetches every program, executable, and leaves nothing beside them', async () => {
    const folder = target();
    expect(await downloadFrom(site()).obstacle(step)).toBeUndefined();
    await downloadFrom(site()).make(folder, step);
    expect(readdirSync(folder).sort()).toEqual([...COMPONENTS].sort());
    expect(readFileSync(join(folder, 'kubelet'), 'utf8')).toBe(textOf('kubelet'));
    expect(statSync(join(folder, 'kubelet')).mode & 0o111).toBe(0o111);
    expect(readdirSync(cachePath('kubernetes'))).toEqual([]);
  });

  it('goes on where an interrupted one stopped', async () => {
    mkdirSync(cachePath(PARTIAL), { recursive: true });
    writeFileSync(join(cachePath(PARTIAL), 'kubectl'), textOf('kubectl').slice(0, 40_000));
    writeFileSync(join(cachePath(PARTIAL), 'kubelet'), textOf('kubelet'));
    const folder = target();
    await downloadFrom(site()).make(folder, step);
    expect(requests).toContain('kubectl from 40000');
    expect(requests.filter((request) => request.startsWith('kubelet '))).toEqual([]);
    expect(requests).not.toContain('kubelet');
    expect(readFileSync(join(folder, 'kubectl'), 'utf8')).toBe(textOf('kubectl'));
  });

  it('throws away what does not have the published checksum', async () => {
    published = (name) => digest(name === 'kube-apiserver' ? 'another file' : textOf(name));
    await expect(downloadFrom(site()).make(target(), step)).rejects.toThrow(/kube-apiserver has SHA-256 .* is published for it/);
    expect(readdirSync(cachePath(PARTIAL))).toEqual([]);
  });

  it('is passed over with the reason where nobody answers', async () => {
    const gone = site();
    await new Promise((closed) => server.close(closed));
    expect(await downloadFrom(gone).obstacle(step)).toMatch(/^http:.*kubectl\.sha256 can't be had: curl: \(7\)/);
    server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
});
