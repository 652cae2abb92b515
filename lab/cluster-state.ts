/** What a lab wrote down of itself, so that no later command has to guess what is its own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostName } from './address.ts';
import type { Host } from './host.ts';
import type { Kubernetes } from './kubernetes/kubernetes.ts';
import type { Cable } from './network.ts';
import type { ProcessId } from './process.ts';

export interface LabState {
  readonly name: string;
  readonly nodes: readonly HostName[];
  readonly kubernetes: Kubernetes;
  /** Port on the machine's loopback that leads to the API server. */
  readonly apiPort: number;
  /** Hosts that were booted, by name; one that was powered off is absent. */
  readonly hosts: Readonly<Record<HostName, Host>>;
  /** Cables that aren't good. */
  readonly cables: Readonly<Record<HostName, Cable>>;
  /** Processes outside of the hosts. */
  readonly relays: readonly ProcessId[];
  /** Fingerprint of what was installed last. */
  readonly installed?: string;
}

/** The folder of everything that a lab of this name keeps (XDG Base Directory Specification). */
export const labDir = (name: string): string => join(stateRoot(), name);

/** Throws for a name that could not name a folder, a host and a control group. */
export function checkName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,19}$/.test(name)) return name;
  throw new Error(`"${name}" can't name a lab: expected up to 20 small letters, digits and dashes, a letter first`);
}

/** What is known of a lab; undefined when there is none of that name. */
export function readState(name: string): LabState | undefined {
  const file = stateFile(name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function writeState(state: LabState): LabState {
  const file = stateFile(state.name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return state;
}

/** Names of the labs that left something behind. */
export const labNames = (): string[] => (existsSync(stateRoot()) ? readdirSync(stateRoot()).filter((name) => readState(name) !== undefined) : []);

// --- internal ---

const stateRoot = (): string => join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'keepalived-operator');
const stateFile = (name: string): string => join(labDir(name), 'state.json');
