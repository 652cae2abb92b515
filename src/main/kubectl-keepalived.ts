import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { Answer } from '../cli/answer.ts';
import type { ConnectionOptions } from '../cli/connection-options.ts';
import { answerExplain, explainCommand } from '../cli/explain/command.ts';
import { answerExternalIPs, applyExternalIPs, externalIPsCommand } from '../cli/external-ips/command.ts';
import { answerHistory, historyCommand } from '../cli/history/command.ts';
import { answerImport, importCommand } from '../cli/import/command.ts';
import { answerMigrateCheck, migrateCheckCommand } from '../cli/migrate/command.ts';
import { answerPlan, planCommand } from '../cli/plan/command.ts';
import { readObjects, type Source } from '../cli/plan/read-objects.ts';
import { type ClusterObjects, readCluster } from '../cli/read-cluster.ts';
import { answerReport, reportCommand } from '../cli/report/command.ts';
import { answerSimulate, simulateCommand } from '../cli/simulate/command.ts';
import { answerStatus, statusCommand } from '../cli/status/command.ts';
import { vrIdsCommand } from '../cli/vr-ids.ts';
import { answerWatch, watchCommand } from '../cli/watch/command.ts';
import { connect } from '../kube/connection.ts';
import { HttpClient } from '../kube/http-client.ts';
import { systemClock } from '../telemetry/clock.ts';

const program = new Command('kubectl-keepalived')
  .description('What keepalived-operator does, or would do.')
  .showHelpAfterError('(try --help)');
program.addCommand(
  planCommand(async (files, options) => {
    const [template] = options.template === undefined ? [] : await readSources([options.template]);
    tell(answerPlan(await readSources(files), options, template));
  }),
);
program.addCommand(vrIdsCommand((text) => process.stdout.write(text)));
program.addCommand(
  statusCommand(async (subject, options) => {
    tell(await answerStatus(clientOf(options), subject, options, connect(options.kubeconfig, options.context).namespace));
  }),
);
program.addCommand(
  explainCommand(async (service, options) => {
    tell(await answerExplain(clientOf(options), service, options, connect(options.kubeconfig, options.context).namespace));
  }),
);
program.addCommand(
  historyCommand(async (subject, options) => {
    tell(await answerHistory(clientOf(options), subject, options, connect(options.kubeconfig, options.context).namespace));
  }),
);
program.addCommand(
  watchCommand(async (subject, options) => {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
    const { namespace: contextNamespace } = connect(options.kubeconfig, options.context);
    const note = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
    const print = (text: string): void => void process.stdout.write(text);
    const context = { client: clientOf(options), clock: systemClock, print, note, contextNamespace };
    tell(await answerWatch(subject, options, { ...context, signal: stop.signal }));
  }),
);
program.addCommand(
  reportCommand(async (options) => {
    const say = (text: string): void => void process.stdout.write(text);
    const write = (file: string, bytes: Buffer): Promise<void> => writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
    tell(await answerReport(options, { client: clientOf(options), now: systemClock.now(), say, write }));
  }),
);
program.addCommand(
  simulateCommand(async (options) => {
    const { filename } = options;
    const { objects, notes } =
      filename === undefined ? await readCluster(clientOf(options)) : readFiles(await readSources(filename), options.namespace);
    tell(answerSimulate(objects, notes, options));
  }),
);
program.addCommand(
  externalIPsCommand(async (options) => {
    const client = clientOf(options);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const timeoutMs = (options.timeout ?? 60) * 1000;
    tell(options.apply ? await applyExternalIPs({ client, clock: systemClock, say, timeoutMs }) : await answerExternalIPs(client, options));
  }),
);
program.addCommand(importCommand(async (files, group) => tell(answerImport(await readSources(files), group))));
program.addCommand(migrateCheckCommand(async (files, namespace) => tell(answerMigrateCheck(await readSources(files), namespace))));
// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`error: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}

function clientOf({ kubeconfig, context }: ConnectionOptions): HttpClient {
  return new HttpClient({ connection: connect(kubeconfig, context) });
}

function readFiles(sources: readonly Source[], namespace = 'default'): ClusterObjects {
  const { objects, leftOut } = readObjects(sources, namespace);
  return { objects, notes: leftOut };
}

function tell({ stdout, notes, status }: Answer): void {
  process.stdout.write(stdout);
  for (const note of notes) process.stderr.write(`${note}\n`);
  process.exitCode = status;
}

async function readSources(names: readonly string[]): Promise<Source[]> {
  const files = (await Promise.all(names.map(filesOf))).flat();
  return Promise.all(
    [...new Set(files)].map(async (file) =>
      file === '-'
        ? { name: 'standard input', text: await text(process.stdin) }
        : { name: file, text: await readFile(file, 'utf8'), isFromFolder: !names.includes(file) },
    ),
  );
}

/** Node's own words name the system call, not what to do. */
function sentenceOf(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return `${path} is there already; name another file, or remove it`;
  if (code === 'ENOENT') return `${path} does not exist; -f takes files, folders and - for standard input`;
  return error instanceof Error ? error.message : String(error);
}

/** A folder stands for the YAML and JSON files in it, not those of folders below: kubectl takes those with -R only. */
async function filesOf(name: string): Promise<string[]> {
  if (name === '-' || !(await stat(name)).isDirectory()) return [name];
  const entries = (await readdir(name)).filter((entry) => /\.(ya?ml|json)$/.test(entry)).sort();
  if (entries.length === 0) throw new Error(`folder ${name} holds no .yaml, .yml or .json file`);
  return entries.map((entry) => join(name, entry));
}
