import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { authorityIn, issue, signerIn } from './certificate.ts';
import { ADMIN, writeKubeconfig } from './kubeconfig.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'pki-'));
const read = (path: string): X509Certificate => new X509Certificate(readFileSync(path));

describe('a certificate', () => {
  it('is made with its folder: a node may ask for it before the control plane has made one', async () => {
    const { cert } = await authorityIn(join(folder(), 'pki'));
    expect(read(cert).subject).toBe('CN=keepalived-operator-lab');
  });

  it("is signed by its folder's authority", async () => {
    const pki = folder();
    const { cert } = await issue(pki, 'jane', { name: 'jane' });
    const authority = read((await authorityIn(pki)).cert);
    expect(authority.ca).toBe(true);
    expect(read(cert).ca).toBe(false);
    expect(read(cert).verify(authority.publicKey)).toBe(true);
    expect(read(cert).verify(read((await authorityIn(folder())).cert).publicKey)).toBe(false);
  });

  it('tells user and groups as Kubernetes reads them', async () => {
    const { cert } = await issue(folder(), 'node1', { name: 'system:node:node1', groups: ['system:nodes', 'lab'] });
    expect(read(cert).subject).toBe('O=system:nodes\nO=lab\nCN=system:node:node1');
  });

  it('serves the names and addresses that it was made for', async () => {
    const { cert } = await issue(folder(), 'api', { name: 'api', hosts: ['DNS:localhost', 'IP:192.0.2.2', 'IP:2001:db8::2'] });
    expect(read(cert).checkHost('localhost')).toBe('localhost');
    expect(read(cert).checkIP('192.0.2.2')).toBe('192.0.2.2');
    expect(read(cert).checkIP('192.0.2.3')).toBeUndefined();
  });

  it('is made once', async () => {
    const pki = folder();
    const first = read((await issue(pki, 'jane', { name: 'jane' })).cert).serialNumber;
    expect(read((await issue(pki, 'jane', { name: 'jane' })).cert).serialNumber).toBe(first);
    expect(await signerIn(pki)).toEqual(await signerIn(pki));
  });

  it('is made once for all who ask at the same time, and fits its key', async () => {
    const pki = folder();
    await Promise.all([1, 2, 3].map(() => writeKubeconfig(join(pki, 'kubeconfig'), 'https://127.0.0.1', pki, 'proxy', { name: 'proxy' })));
    const { cert, key } = await issue(pki, 'proxy', { name: 'proxy' });
    expect(read(cert).checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
    const [{ user }] = parse(readFileSync(join(pki, 'kubeconfig'), 'utf8')).users;
    expect(Buffer.from(user['client-key-data'], 'base64')).toEqual(readFileSync(key));
    expect(read(cert).verify(read((await authorityIn(pki)).cert).publicKey)).toBe(true);
  });
});

describe('a kubeconfig', () => {
  it('carries all that it needs in one file', async () => {
    const pki = folder();
    const path = join(pki, 'kubeconfig');
    await writeKubeconfig(path, 'https://127.0.0.1:6443', pki, 'admin', ADMIN);
    const { clusters, users, contexts, 'current-context': current } = parse(readFileSync(path, 'utf8'));
    expect(contexts).toEqual([{ name: current, context: { cluster: clusters[0].name, user: users[0].name } }]);
    expect(clusters[0].cluster.server).toBe('https://127.0.0.1:6443');
    const certificate = new X509Certificate(Buffer.from(users[0].user['client-certificate-data'], 'base64'));
    expect(certificate.subject).toBe('O=system:masters\nCN=admin');
  });
});
