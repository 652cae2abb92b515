import type { Bundle } from '../localise/bundle.ts';
import type { LocalPaths } from '../localise/localise.ts';
import type { NetworkInterface, NodeFacts } from '../localise/node-facts.ts';
import type { Moment } from '../vrrp/moment.ts';
import type { NotifyEvent } from '../vrrp/notify-line.ts';
import type { ConfigTest } from './activation/verdict.ts';
import type { Dump } from './observation/observed.ts';

/** Files beside the daemon's, that become it by a rename. */
export type Staged = 'new' | 'first';

/** What the shell has gathered since the step before, in order. */
export interface Facts {
  /** keepalived's parent process, or null while it does not run. */
  readonly pid: number | null;
  readonly news: readonly News[];
}

export type News =
  | { readonly kind: 'poked' }
  | ({ readonly kind: 'looked' } & Look)
  | { readonly kind: 'tested'; readonly file: Staged; readonly verdict: ConfigTest }
  | { readonly kind: 'answered'; readonly dump: Dump }
  /** With the moment at which the line was read; absent: now. */
  | { readonly kind: 'notified'; readonly event: NotifyEvent; readonly heard?: Moment }
  | {
      readonly kind: 'port';
      readonly taken: { readonly port: number; readonly reason: string; readonly addresses: readonly string[] } | null;
    }
  | { readonly kind: 'SIGTERM' }
  /** Whether the node is drained, for a pod that ends: kubelet's `preStop`. */
  | { readonly kind: 'asked' }
  /** With the file that could not be written, if that was it. */
  | { readonly kind: 'failed'; readonly message: string; readonly stack?: string | undefined; readonly notWritten?: FileNotWritten };

export interface FileNotWritten {
  readonly file: string;
  /** Of the kernel: ENOSPC, mostly. */
  readonly code: string;
}

/** One look at the mount and the node. */
export interface Look {
  readonly bundle: Bundle;
  /** Null when the kernel could not be asked; what a bundle that is unusable needs none of. */
  readonly node: NodeFacts | null;
  /** The text of the daemon's file; null without one. */
  readonly file: string | null;
  /** Track files that say healthy. */
  readonly healthy: ReadonlySet<string>;
  /** Interfaces that are up, with their addresses. */
  readonly interfaces: readonly NetworkInterface[];
  /** By which the cluster knows the node. */
  readonly podAddresses: readonly string[];
  readonly paths: LocalPaths;
}

/** What the shell is to do, in order: one that fails ends the list, and is news. */
export type Action =
  | { readonly do: 'look' }
  | { readonly do: 'test'; readonly file: Staged; readonly text: string }
  | { readonly do: 'install'; readonly file: Staged }
  | { readonly do: 'discard'; readonly file: Staged }
  | { readonly do: 'reload' }
  /** The answer comes within so many milliseconds. */
  | { readonly do: 'ask'; readonly limit: number }
  | { readonly do: 'remove stale pid files' }
  | { readonly do: 'serve'; readonly addresses: readonly string[] }
  | { readonly do: 'give up' }
  | { readonly do: 'answer'; readonly status: number; readonly words: string }
  | { readonly do: 'kill keepalived' }
  | { readonly do: 'exit' }
  | {
      readonly do: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    };
