/** Certificates of a cluster, made by openssl: an authority of its own and what it signs. Keys are P-256. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

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
  const authority = pathsIn(folder, 'ca');
  if (existsSync(authority.cert)) return authority;
  await request(authority, ['-subj', '/CN=keepalived-operator-lab', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  return authority;
}

/** A certificate named `file`, signed by the folder's authority, for client and server alike; made on the first call. */
export async function issue(folder: string, file: string, identity: Identity): Promise<Certificate> {
  const certificate = pathsIn(folder, file);
  if (existsSync(certificate.cert)) return certificate;
  const authority = await authorityIn(folder);
  const organizations = (identity.groups ?? []).map((group) => `/O=${group}`).join('');
  const hosts = identity.hosts === undefined ? [] : ['-addext', `subjectAltName=${identity.hosts.join(',')}`];
  await request(certificate, [
    ...['-CA', authority.cert, '-CAkey', authority.key, '-subj', `${organizations}/CN=${identity.name}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth,clientAuth', ...hosts],
  ]);
  return certificate;
}

/** The key pair that signs service account tokens; made on the first call. */
export async function signerIn(folder: string): Promise<Certificate> {
  const signer = pathsIn(folder, 'service-account');
  if (!existsSync(signer.key)) await request(signer, ['-subj', '/CN=service-accounts']);
  return signer;
}

// --- internal ---

const pathsIn = (folder: string, file: string): Certificate => ({ cert: join(folder, `${file}.crt`), key: join(folder, `${file}.key`) });

const NEW_KEY = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '3650'];

async function request({ cert, key }: Certificate, parameters: readonly string[]): Promise<void> {
  await run(['openssl', 'req', ...NEW_KEY, '-keyout', key, '-out', cert, ...parameters]);
}
