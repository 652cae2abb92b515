#!/usr/bin/env -S node --max-semi-space-size=2 --heap-growing-percent=30
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CommanderError } from 'commander';
import { connect } from '../kube/connection/connection.ts';
import { DryRunClient } from '../manager/dry-run.ts';
import { Manager } from '../manager/manager.ts';
import { systemClock } from '../telemetry/clock.ts';
import { type Log, openLog } from '../telemetry/log.ts';
import { type ManagerArguments, managerArguments } from './manager-options.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const parsed = parse(args);
  if (typeof parsed === 'number') return parsed;
  // The documents of a dry run are for other programs: the log keeps off them.
  const log = openLog(parsed.logLevel, parsed.dryRun ? 2 : 1);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, (error) => die(log, event, error));
  try {
    return await run(parsed, log);
  } catch (error) {
    log.fatal({ err: error }, 'the manager could not start');
    return 1;
  }
}

async function run(parsed: ManagerArguments, log: Log): Promise<number> {
  const {
    kubeconfig,
    leaderElect,
    namespace,
    health,
    metrics,
    secureMetrics,
    prometheus,
    settings,
    ownPod,
    templateFile,
    dryRun,
    writesPerSecond,
  } = parsed;
  const connection = connect(kubeconfig);
  const leaseNamespace = namespace ?? connection.namespace ?? 'default';
  const manager = new Manager({
    connection,
    settings,
    ownPod,
    templateFile,
    health,
    metrics,
    secureMetrics,
    prometheus,
    writesPerSecond,
    log,
    clock: systemClock,
    identity: `${hostname()}_${randomUUID()}`,
    leaseNamespace: leaderElect && !dryRun ? leaseNamespace : undefined,
    ...(dryRun && { wrap: (client) => new DryRunClient(client, (document) => process.stdout.write(document)) }),
  });
  if (dryRun) {
    await manager.runOnce();
    return 0;
  }
  const ending = await manager.run(endSignal(log));
  if (ending === 'stopped') return 0;
  // Another process leads: nothing of this one may go on.
  log.fatal({ lease: leaseNamespace }, 'the lease was lost');
  process.exit(1);
}

function parse(args: readonly string[]): ManagerArguments | number {
  try {
    return managerArguments(args, process.env);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

/** Aborts at the first SIGTERM or SIGINT; the second ends the process at once. */
function endSignal(log: Log): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: string): void => {
    if (controller.signal.aborted) process.exit(1);
    log.info({ signal }, 'signal received');
    controller.abort();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return controller.signal;
}

function die(log: Log, event: string, error: unknown): never {
  log.fatal({ err: error, event }, 'a fault of the program, ending');
  process.exit(1);
}
