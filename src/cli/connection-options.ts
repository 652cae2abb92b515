import type { Command } from 'commander';

/** Which cluster a verb asks. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Gives a verb that asks a cluster kubectl's options for which one. */
export const withConnection = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'kubeconfig file; by default KUBECONFIG or ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig; by default the current context');
