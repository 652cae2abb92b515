import { parseArgs } from 'node:util';
import { Agent } from '../agent/agent.ts';
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
  --port PORT       of /state, /metrics, /healthz and /readyz (${NODE_POD.metricsPort})
`;

const OPTIONS = {
  config: { type: 'string' },
  password: { type: 'string' },
  run: { type: 'string' },
  dumps: { type: 'string' },
  port: { type: 'string', default: String(NODE_POD.metricsPort) },
} as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const parsed = parse(args);
  const [command] = parsed?.positionals ?? [];
  if (!parsed || (command !== 'setup' && command !== 'run')) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { config, password, run, dumps, port } = parsed.values;
  const context = {
    identity: { node: environment(AGENT_ENV.node), pod: environment(AGENT_ENV.pod) },
    group: environment(AGENT_ENV.group),
    paths: pathsIn({
      ...(config && { configDir: config }),
      ...(password && { passwordFile: password }),
      ...(run && { runDir: run }),
      ...(dumps && { dumpDir: dumps }),
    }),
    port: Number(port),
    run: runCommand,
    log: openLog((line) => process.stdout.write(`${line}\n`), systemClock.now),
    clock: systemClock,
  };
  if (command === 'setup') await setUp(context);
  else await runUntilTold(new Agent(context));
  return 0;
}

async function runUntilTold(agent: Agent): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => agent.end());
  await agent.work();
}

function parse(args: string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> | null {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return null;
  }
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set: the pod's specification names it`);
  return value;
}
