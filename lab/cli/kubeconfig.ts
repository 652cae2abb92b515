import type { Command } from 'commander';
import { openLab } from '../lab.ts';
import { verb } from './verb.ts';

export const kubeconfig = (): Command =>
  verb('kubeconfig', "Print the path of the administrator's kubeconfig; it serves every program on this machine.", [
    'kubeconfig',
    'kubeconfig --name big',
  ]).action(async ({ name }: { name: string }) => {
    console.log((await openLab(name)).kubeconfig);
  });
