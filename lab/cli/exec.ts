import type { Command } from 'commander';
import { hostOf, stateOf } from '../cluster/state.ts';
import { inside } from '../hosts/host.ts';
import { handOver, verb } from './verb.ts';

export const exec = (): Command =>
  verb('exec', 'Run a command on a host of the lab: control, client, switch, node1 ...', [
    'exec client -- curl -s http://192.0.2.200/',
    'exec node1 -- ip -brief address',
  ])
    .argument('<host>')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (host: string, command: string[], { name }: { name: string }) => {
      const words = command[0] === '--' ? command.slice(1) : command;
      await handOver(inside(hostOf(stateOf(name), host), words));
    });
