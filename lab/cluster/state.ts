/** What a lab wrote down of itself, so that no later command has to guess what is its own; and where it keeps its things. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostName } from '../hosts/address.ts';
import { type Host, isUp } from '../hosts/host.ts';
import type { Cable } from '../hosts/network.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import type { ProcessId } from '../machine/process.ts';
import type { ProxySettings } from './proxy.ts';

export interface LabState {
  readonly name: string;
  readonly nodes: readonly HostName[];
  readonly kubernetes: Kubernetes;
  readonly proxy: ProxySettings;
  /** Port on the machine's loopback that leads to the API server. */
  readonly apiPort: number;
  /** Hosts that were booted, by name; one that was powered off is absent. */
  readonly hosts: Readonly<Record<HostName, Host>>;
  /** Cables that aren't good. */
  readonly cables: Readonly<Record<HostName, Cable>>;
  /** Processes outside of the hosts. */
  readonly relays: readonly ProcessId[];
}

/** Gives the name back. Throws for one that could not name a folder and a control group. */
export function checkName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,19}$/.test(name)) return name;
  throw new Error(`"${name}" can't name a lab: expected up to 20 small letters, digits and dashes, a letter first`);
}

/** What is known of a lab; undefined when there is none of that name. */
export function readState(name: string): LabState | undefined {
  const file = stateFile(name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Like `readState`, but throws a sentence when there is none. */
export function stateOf(name: string): LabState {
  const state = readState(name);
  if (state === undefined)
    throw new Error(`no lab "${name}" runs; \`./bin/lab up${name === DEFAULT_NAME ? '' : ` --name ${name}`}\` starts one`);
  return state;
}

/** Replaces a file at once, so that a reader never sees half of it. */
export function writeState(state: LabState): LabState {
  const file = stateFile(state.name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return state;
}

/** Reads, changes and writes what is known of a lab in one go. */
export const changeState = (name: string, change: (state: LabState) => LabState): LabState => writeState(change(stateOf(name)));

/** Names of the labs that left something behind. */
export const labNames = (): string[] =>
  existsSync(stateRoot()) ? readdirSync(stateRoot()).filter((name) => readState(name) !== undefined) : [];

/** A host that is up. Throws a sentence for one that isn't. */
export function hostOf(state: LabState, name: HostName): Host {
  const host = state.hosts[name];
  if (host !== undefined && isUp(host)) return host;
  const up = Object.values(state.hosts).filter(isUp);
  const known = up.map((each) => each.name).sort();
  throw new Error(`${name} isn't up in lab "${state.name}"; up are: ${known.join(', ') || 'none'}`);
}

export function hostIsUp(state: LabState, name: HostName): boolean {
  const host = state.hosts[name];
  return host !== undefined && isUp(host);
}

/** Nodes that have power and a good cable. */
export const soundNodes = (state: LabState): HostName[] =>
  state.nodes.filter((node) => hostIsUp(state, node) && state.cables[node] === undefined);

/** Removes all that a lab of this name keeps. */
export function removeState(name: string): void {
  rmSync(labDir(name), { recursive: true, force: true });
  if (existsSync(stateRoot()) && readdirSync(stateRoot()).length === 0) rmSync(stateRoot(), { recursive: true });
}

export const DEFAULT_NAME = 'lab';

/** The folder of everything that a lab of this name keeps (XDG Base Directory Specification). */
export const labDir = (name: string): string => join(stateRoot(), name);
/** The administrator's kubeconfig. */
export const kubeconfigOf = ({ name }: LabState): string => join(labDir(name), 'kubeconfig');
/** Certificates and keys. */
export const pkiOf = ({ name }: LabState): string => join(labDir(name), 'pki');
/** Logs of a host and of what was started on it. */
export const logsOf = ({ name }: LabState, host: HostName): string => join(labDir(name), 'logs', host);
/** What outlives a host's power. */
export const diskOf = ({ name }: LabState, host: HostName): string => join(labDir(name), 'disks', host);
/** Parent of the control groups of a host's pods, below every controller's root. */
export const cgroupOf = ({ name }: LabState, host: HostName): string => `/${CGROUP_ROOT}/${name}/${host}`;
/** Parent of the control groups of all labs. */
export const CGROUP_ROOT = 'keepalived-operator-lab';

// --- internal ---

const stateRoot = (): string => join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'keepalived-operator');
const stateFile = (name: string): string => join(labDir(name), 'state.json');
