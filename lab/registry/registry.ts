/** A registry of images, charts and bundles on a host of the lab: TLS by the lab's own authority, one user with a password. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { authorityIn, issue } from '../api/certificate.ts';
import { addHost } from '../cluster/cluster.ts';
import { hostOf, type LabState, labDir, logsOf, pkiOf, stateOf } from '../cluster/state.ts';
import { addressesOf, REGISTRY, REGISTRY_ADDRESS } from '../hosts/address.ts';
import { runningServices, startService } from '../hosts/host.ts';
import { writeOnce } from '../machine/file.ts';
import { until } from '../machine/process.ts';
import { run } from '../machine/run.ts';

export interface Registry {
  /** As the names of what is in it begin. */
  readonly address: string;
  /** What buildah, helm and other tools need in their environment to trust it and to be logged in. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same log-in as the `.dockerconfigjson` of a Secret for pulling; for another name where the registry is a mirror. */
  loginFor(address: string): string;
}

/** Starts the registry of a lab where it doesn't run; what was pushed stays. */
export async function startRegistry(name: string): Promise<Registry> {
  await addHost(name, REGISTRY);
  const state = stateOf(name);
  const folder = join(labDir(name), 'registry');
  const authority = await authorityIn(pkiOf(state));
  writeOnce(join(folder, 'config.json'), login(REGISTRY_ADDRESS));
  const host = hostOf(state, REGISTRY);
  if (!(await runningServices(host)).has(PROGRAM))
    startService(host, PROGRAM, [PROGRAM, 'serve', await configuration(state, folder)], logsOf(state, REGISTRY));
  const ask = ['curl', '--silent', '--cacert', authority.cert, '--user', `${USER}:${PASSWORD}`, '--max-time', '1', '--fail'];
  const answers = async (): Promise<boolean> =>
    (await run(['nsenter', `--net=/proc/${host.init.pid}/ns/net`, ...ask, `https://${REGISTRY_ADDRESS}/v2/`], { allowFailure: true }))
      .code === 0;
  await until('the registry answers', answers, 20_000, join(logsOf(state, REGISTRY), `${PROGRAM}.log`));
  const file = join(folder, 'config.json');
  return {
    address: REGISTRY_ADDRESS,
    environment: { SSL_CERT_FILE: authority.cert, REGISTRY_AUTH_FILE: file, HELM_REGISTRY_CONFIG: file, DOCKER_CONFIG: folder },
    loginFor: login,
  };
}

/** Who asked for what so far, a line for each request, the newest last. */
export const requestsOf = (name: string): string[] =>
  readFileSync(join(logsOf(stateOf(name), REGISTRY), `${PROGRAM}.log`), 'utf8')
    .split('\n')
    .filter((line) => / "(?:GET|HEAD|PUT|POST|PATCH) \/v2\//.test(line));

// --- internal ---

const PROGRAM = 'docker-registry';
const USER = 'lab';
/** No secret: nobody but the lab's hosts can reach the registry. */
const PASSWORD = 'a-lab-password';
/** bcrypt of the password, for htpasswd(5). */
const HASH = '$2b$05$LabRegistryLabRegistruAsXGGqqN4yFqssmnUiLtNTMD/TMTvbO';

const login = (address: string): string =>
  JSON.stringify({ auths: { [address]: { auth: Buffer.from(`${USER}:${PASSWORD}`).toString('base64') } } });

/** Writes what the registry reads; gives the path. */
async function configuration(state: LabState, folder: string): Promise<string> {
  const serving = await issue(pkiOf(state), 'registry', { name: REGISTRY, hosts: [`DNS:${REGISTRY}`, `IP:${addressesOf(REGISTRY).v4}`] });
  mkdirSync(folder, { recursive: true });
  const [users, file] = [join(folder, 'htpasswd'), join(folder, 'registry.yaml')];
  writeOnce(users, `${USER}:${HASH}\n`);
  writeOnce(
    file,
    stringify({
      version: 0.1,
      log: { accesslog: { disabled: false } },
      storage: { filesystem: { rootdirectory: '/var/lib/registry' }, delete: { enabled: true } },
      http: { addr: REGISTRY_ADDRESS, tls: { certificate: serving.cert, key: serving.key } },
      auth: { htpasswd: { realm: 'lab', path: users } },
    }),
  );
  return file;
}
