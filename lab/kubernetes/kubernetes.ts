import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Step } from '../machine/progress.ts';
import { type Run, run } from '../machine/run.ts';

/** The Kubernetes programs that a lab runs, all in one folder. */
export interface Kubernetes {
  /** Holds each of `COMPONENTS`. */
  readonly dir: string;
  /** As in `1.37.2`. */
  readonly version: string;
  /** Where they came from, as in `official download`. */
  readonly source: string;
  /** The sources that were tried before, and why each wasn't used. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly source: string;
  /** A sentence. */
  readonly why: string;
}

/** Programs that this machine can come to have; the cache keeps them under `key`. */
export interface Origin {
  readonly source: string;
  readonly version: string;
  readonly key: string;
  /** Why it can't be used here, as a sentence; undefined when it can. Takes seconds at most. */
  obstacle(step: Step): Promise<string | undefined>;
  /** Fills the folder with each of `COMPONENTS`. May take minutes, says where it is. */
  make(folder: string, step: Step): Promise<void>;
}

export const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'] as const;

/** The releases that a lab can be asked for, the newest first, each with a folder below `program/`. The oldest is the oldest that is supported. */
export const RELEASES = ['1.37.2', '1.35.4', '1.33.13', '1.30.14'] as const;

/** The release that the lab runs where it has the choice. */
export const VERSION = RELEASES[0];

/** As in `1.37`, of a version. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** The release of a minor version, as in `1.37`. Throws a sentence that names those there are. */
export function releaseOf(minor: string): string {
  const release = RELEASES.find((version) => minorOf(version) === minor);
  if (release !== undefined) return release;
  throw new Error(`Found "${minor}"; a lab runs Kubernetes ${RELEASES.map(minorOf).join(', ')}.`);
}

/** This machine's processor as Go and Kubernetes name it. */
export const GO_ARCH = { x64: 'amd64', ppc64: 'ppc64le' }[process.arch as string] ?? process.arch;

/** The first of the folders that holds an executable file of that name; undefined when none does. */
export function folderWith(program: string, folders: readonly string[]): string | undefined {
  return folders.find((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The folders that are searched for installed programs: `KUBEBUILDER_ASSETS`, then `PATH`. */
export function searchedFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  return [env.KUBEBUILDER_ASSETS ?? '', ...(env.PATH ?? '').split(delimiter)].filter((folder) => folder !== '');
}

/** The version that the programs in a folder tell, without the `v`. Throws when they tell none. */
export async function versionIn(folder: string, command: Run = run): Promise<string> {
  const { stdout } = await command([join(folder, 'kube-apiserver'), '--version'], { timeoutMs: 20_000 });
  const version = /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${join(folder, 'kube-apiserver')} --version tells no version: ${stdout.trim()}`);
  return version;
}
