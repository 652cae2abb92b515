/** Certificates of a cluster, made by openssl: an authority of its own and what it signs. Keys are P-256. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../machine/run.ts';

/** Paths of a certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Identity {
  /** User of a client, or name of a server. */
  readonly name: string;
  /** Groups of a client: organizations of the subject, as Kubernetes reads them. */
  readonly groups?: readonly string[];
  /** Names and addresses of a server, as in `DNS:localhost` or `IP:127.0.0.1`. */
  readonly hosts?: readonly string[];
}

/** The authority in a folder; made on the first call. */
export async function authorityIn(folder: string): Promise<Certificate> {
  return madeOnce(pathsIn(folder, 'ca'), async () => [
    ...['-subj', '/CN=keepalived-operator-lab', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
}

/** A certificate named `file`, signed by the folder's authority, for client and server alike; made on the first call. */
export async function issue(folder: string, file: string, identity: Identity): Promise<Certificate> {
  return madeOnce(pathsIn(folder, file), async () => {
    const authority = await authorityIn(folder);
    const organizations = (identity.groups ?? []).map((group) => `/O=${group}`).join('');
    const hosts = identity.hosts === undefined ? [] : ['-addext', `subjectAltName=${identity.hosts.join(',')}`];
    return [
      ...['-CA', authority.cert, '-CAkey', authority.key, '-subj', `${organizations}/CN=${identity.name}`],
      ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth,clientAuth', ...hosts],
    ];
  });
}

/** The key pair that signs service account tokens; made on the first call. */
export async function signerIn(folder: string): Promise<Certificate> {
  return madeOnce(pathsIn(folder, 'service-account'), async () => ['-subj', '/CN=service-accounts']);
}

// --- internal ---

const pathsIn = (folder: string, file: string): Certificate => ({ cert: join(folder, `${file}.crt`), key: join(folder, `${file}.key`) });

const NEW_KEY = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '3650'];

const inTheMaking = new Map<string, Promise<Certificate>>();

/** Nodes start at the same time and ask for the same certificate: the first call makes it, the others wait for it. */
async function madeOnce(certificate: Certificate, parameters: () => Promise<readonly string[]>): Promise<Certificate> {
  const { cert } = certificate;
  if (existsSync(cert)) return certificate;
  const making = inTheMaking.get(cert) ?? make(certificate, parameters).finally(() => inTheMaking.delete(cert));
  inTheMaking.set(cert, making);
  return making;
}

/** The certificate has its name when its key has one: who finds it finds both, whole. */
async function make({ cert, key }: Certificate, parameters: () => Promise<readonly string[]>): Promise<Certificate> {
  mkdirSync(dirname(cert), { recursive: true });
  await run(['openssl', 'req', ...NEW_KEY, '-keyout', `${key}.new`, '-out', `${cert}.new`, ...(await parameters())]);
  renameSync(`${key}.new`, key);
  renameSync(`${cert}.new`, cert);
  return { cert, key };
}
