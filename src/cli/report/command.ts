import { Command } from 'commander';
import type { Client } from '../../kube/client.ts';
import { type Answer, failed, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { table } from '../table.ts';
import { archiveOf } from './archive.ts';
import { type BundleFile, type Gathered, gatherReport } from './gather.ts';

export interface ReportOptions extends ConnectionOptions {
  readonly file?: string;
  readonly list?: boolean;
}

/** `report`; `run` is given the options. */
export function reportCommand(run: (options: ReportOptions) => Promise<void>): Command {
  return withConnection(new Command('report'))
    .summary('writes an archive for a bug report, without secrets')
    .description(
      `Writes a tar.gz with what another person needs to find a fault: versions, KeepalivedGroups, AddressPools and VirtualIPs, the Services and Nodes
that they concern, the groups' ConfigMaps, DaemonSets and pods, Events, the plan that this plugin makes, and the reports of the agents.
It prints a list of the content first.

It never reads Secrets. It leaves out passwords in configuration, values of environment variables, and annotations of other programs.
The archive contains names, addresses and labels: look at it before you send it. What could not be read is listed with the reason, and the
rest is written. It needs permission to list the objects; the reports of the agents need "get" on pods/proxy.`,
    )
    .option('--file <file>', 'file to write; by default keepalived-report-TIME.tar.gz in the current folder')
    .option('--list', 'only print the list of the content')
    .addHelpText('after', '\nExamples:\n  kubectl keepalived report --list\n  kubectl keepalived report --file report.tar.gz')
    .action((options: ReportOptions) => run(options));
}

export interface ReportContext {
  readonly client: Client;
  readonly now: Date;
  readonly say: (text: string) => void;
  /** Writes a file that only its owner may read. @throws when there is one already */
  readonly write: (file: string, bytes: Buffer) => Promise<void>;
}

/** The whole command. @throws when the file can't be written */
export async function answerReport({ file, list = false }: ReportOptions, { client, now, say, write }: ReportContext): Promise<Answer> {
  const gathered = await gatherReport(client);
  if (gathered.files.length === 0) return failed('nothing could be read, so there is nothing to write', gathered.missing);
  const files = [readme(gathered, now), ...gathered.files];
  say(contentOf(files, gathered.missing));
  if (list) return told('');
  const folder = `keepalived-report-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const name = file ?? `${folder}.tar.gz`;
  await write(name, await archiveOf(folder, files, now));
  return told(`written to ${name}; look at it before you send it: names and addresses are in it\n`);
}

// --- internal ---

function contentOf(files: readonly BundleFile[], missing: readonly string[]): string {
  const rows = files.map(({ name, what, text }) => [name, String(Buffer.byteLength(text)), what]);
  const left = missing.length === 0 ? '' : `\nNot in it:\n${missing.map((sentence) => `  ${sentence}\n`).join('')}`;
  return `${table(['FILE', 'BYTES', 'WHAT'], rows)}${left}`;
}

function readme({ files, missing }: Gathered, now: Date): BundleFile {
  const text = `Made by kubectl keepalived report at ${now.toISOString()}. Without Secrets, passwords, and annotations of others.\n\n${contentOf(files, missing)}`;
  return { name: 'README.txt', what: 'this list', text };
}
