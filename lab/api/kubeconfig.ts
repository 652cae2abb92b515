/** Kubeconfig files: how a program finds an API server and proves who it is. */
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { writeOnce } from '../machine/file.ts';
import { authorityIn, type Identity, issue } from './certificate.ts';

/** Writes a kubeconfig for an identity that the folder's authority vouches for, complete in one file. */
export async function writeKubeconfig(path: string, url: string, folder: string, file: string, identity: Identity): Promise<void> {
  const authority = await authorityIn(folder);
  const { cert, key } = await issue(folder, file, identity);
  const named = { cluster: 'lab', user: identity.name };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: named.cluster, cluster: { server: url, 'certificate-authority-data': base64(authority.cert) } }],
    users: [{ name: named.user, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'lab', context: named }],
    'current-context': 'lab',
  };
  writeOnce(path, stringify(document));
}

/** Who may do everything. */
export const ADMIN: Identity = { name: 'admin', groups: ['system:masters'] };

// --- internal ---

const base64 = (path: string): string => readFileSync(path).toString('base64');
