/** `bin/lab`: one file for each verb. */
import { Command } from 'commander';
import { StepFailed } from '../machine/progress.ts';
import { down } from './down.ts';
import { exec } from './exec.ts';
import { fail } from './fail.ts';
import { heal } from './heal.ts';
import { kubeconfig } from './kubeconfig.ts';
import { kubectl } from './kubectl.ts';
import { logs } from './logs.ts';
import { prepare } from './prepare.ts';
import { probe } from './probe.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const program = new Command('lab')
  .description('A real Kubernetes cluster on this machine: every node is a set of namespaces, the switch between them a bridge.')
  .enablePositionalOptions()
  .showHelpAfterError('(try --help)');
for (const verb of [up, status, kubectl, exec, probe, fail, heal, logs, kubeconfig, down, prepare]) program.addCommand(verb());

try {
  await program.parseAsync();
} catch (error) {
  // A failed step was shown when it failed.
  if (!(error instanceof StepFailed)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
