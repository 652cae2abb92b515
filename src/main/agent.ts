#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { Agent } from '../agent/agent.ts';
import type { AgentContext } from '../agent/context.ts';
import { openLog } from '../agent/log.ts';
import { pathsIn } from '../agent/paths.ts';
import { runCommand } from '../agent/run-command.ts';
import { setUp } from '../agent/setup.ts';
import { AGENT_ENV, NODE_POD } from '../api/node/pod.ts';
import { systemClock } from '../telemetry/clock.ts';

const USAGE = `agent setup|run   (the pod sets ${AGENT_ENV.node}, ${AGENT_ENV.pod}, ${AGENT_ENV.group})
  --config DIR      the mounted ConfigMap             (${NODE_POD.configDir})
  --password FILE   the mounted password              (${NODE_POD.passwordFile})
  --run DIR         files shared with keepalived      (${NODE_POD.runDir})
  --dumps DIR       where keepalived writes its dumps (${NODE_POD.dumpDir})
  --wire DIR        files shared with the asker       (${NODE_POD.wireDir})
  --port PORT       serves /state, /metrics, /healthz and /readyz (${NODE_POD.metricsPort})
  -h, --help        prints this text
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  config: { type: 'string' },
  password: { type: 'string' },
  run: { type: 'string' },
  dumps: { type: 'string' },
  wire: { type: 'string' },
  port: { type: 'string', default: String(NODE_POD.metricsPort) },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Arguments or variables that the agent can't start with; the message is all that is printed. */
class Misused extends Error {}

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const [command] = positionals;
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (command !== 'setup' && command !== 'run') throw new Misused(USAGE);
    const context = contextOf(values);
    if (command === 'setup') await setUp(context);
    else await runUntilTold(new Agent(context));
    return 0;
  } catch (error) {
    if (!isMisuse(error)) throw error;
    process.stderr.write(error instanceof Misused ? error.message : `${error.message}\n${USAGE}`);
    return 2;
  }
}

function contextOf({ config, password, run, dumps, wire, port }: Values): AgentContext {
  return {
    port: portOf(port),
    identity: { node: environment(AGENT_ENV.node), pod: environment(AGENT_ENV.pod) },
    group: environment(AGENT_ENV.group),
    podAddresses: (process.env[AGENT_ENV.addresses] ?? '').split(',').filter((address) => address !== ''),
    paths: pathsIn({
      ...(config && { configDir: config }),
      ...(password && { passwordFile: password }),
      ...(run && { runDir: run }),
      ...(dumps && { dumpDir: dumps }),
      ...(wire && { wireDir: wire }),
    }),
    run: runCommand,
    log: openLog((line) => process.stdout.write(`${line}\n`), systemClock.now),
    clock: systemClock,
  };
}

async function runUntilTold(agent: Agent): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => agent.end());
  await agent.work();
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Misused(`--port is "${text}"; expected a whole number from 1 to 65535\n`);
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Misused(`${name} is not set; the pod's specification sets it\n`);
  return value;
}

function isMisuse(error: unknown): error is Error {
  return error instanceof Misused || (error instanceof TypeError && /^ERR_PARSE_ARGS/.test((error as NodeJS.ErrnoException).code ?? ''));
}
