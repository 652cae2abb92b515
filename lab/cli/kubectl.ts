import { join } from 'node:path';
import type { Command } from 'commander';
import { kubeconfigOf, stateOf } from '../cluster/state.ts';
import { handOver, verb } from './verb.ts';

export const kubectl = (): Command =>
  verb('kubectl', "Run the lab's own kubectl as its administrator; everything after the verb is kubectl's.", [
    'kubectl get nodes -o wide',
    'kubectl --name big get pods -A',
  ])
    .argument('[words...]')
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words: string[], { name }: { name: string }) => {
      const state = stateOf(name);
      await handOver([join(state.kubernetes.dir, 'kubectl'), '--kubeconfig', kubeconfigOf(state), ...words]);
    });
