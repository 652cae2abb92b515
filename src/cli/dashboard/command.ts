import { Command, InvalidArgumentError } from 'commander';
import type { KubernetesObject } from '../../api/core.ts';
import { virtualIPName } from '../../api/virtual-ip/name.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import type { Client } from '../../kube/client.ts';
import { type Answer, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { readCluster } from '../read-cluster.ts';
import { Feed } from './live/feed.ts';
import { KINDS } from './live/kinds.ts';
import { type Clock, Source } from './live/source.ts';
import { addressAnswer, simulationAnswer } from './server/answers.ts';
import type { Assets } from './server/assets.ts';
import { serve } from './server/server.ts';
import { streamTo } from './server/stream.ts';

export interface DashboardOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly port: number;
}

/** `dashboard`; `run` is given the options. */
export function dashboardCommand(run: (options: DashboardOptions) => Promise<void>): Command {
  return withConnection(new Command('dashboard'))
    .summary('serves a page that shows nodes, their addresses and each move as it happens')
    .description(
      `Serves a page on 127.0.0.1 and prints its URL, until Ctrl-C. The page shows which node has which address, every failover while it happens with
its cause and the time without an owner, what is refused and why, which hosts answer for each address, and where the addresses of a node would
go without it. It watches VirtualIPs, KeepalivedGroups, AddressPools, Nodes and Services with your permissions, says what it can not read, and
changes nothing.

Anyone who has the printed URL and can reach the port can read the page while the command runs. The URL contains a new secret each time.`,
    )
    .option('--port <number>', 'port on 127.0.0.1; 0 chooses a free port', portOf, 0)
    .option('-n, --namespace <namespace>', 'only KeepalivedGroups and Services of this namespace')
    .addHelpText('after', EXAMPLES)
    .action((options: DashboardOptions) => run(options));
}

export interface DashboardContext {
  readonly client: Client;
  readonly clock: Clock;
  /** Where the objects are from, for people. */
  readonly cluster: string;
  /** Random, and not to be guessed. */
  readonly token: string;
  readonly assets: Assets;
  readonly say: (line: string) => void;
  readonly note: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** The whole command, which ends with the signal. @throws ApiError when nothing may be read, or the API server does not answer at first */
export async function answerDashboard({ namespace, port }: DashboardOptions, context: DashboardContext): Promise<Answer> {
  const { client, clock, signal } = context;
  const feed = new Feed(clock);
  const sources = KINDS.map((kind) => new Source(kind, { client, clock, namespace, onChange: feed.changed }));
  await Promise.all(sources.map((source) => source.probe()));
  const forbidden = sources.filter(({ fact }) => fact.state === 'forbidden');
  for (const { fact } of forbidden) context.note(fact.message ?? '');
  if (ESSENTIAL.every((field) => forbidden.some(({ kind }) => kind.field === field)))
    throw new Error('without VirtualIPs and KeepalivedGroups there is nothing to show');
  const serving = await serve({
    port,
    token: context.token,
    assets: context.assets,
    stream: (response) => streamTo(response, feed, context.cluster),
    questions: questions(client, sources),
  });
  context.say(`The dashboard is at ${serving.address}`);
  context.say('It shows what you may read, to whoever knows that address. Ctrl-C ends it.');
  await Promise.all([feed.run(sources, signal), ...sources.map((source) => source.run(signal))]);
  await serving.close();
  return told('');
}

// --- internal ---

/** With one of them there is something to show. */
const ESSENTIAL = ['virtualIPs', 'groups'];

function questions(client: Client, sources: readonly Source[]): Parameters<typeof serve>[0]['questions'] {
  const virtualIPs = sources.find(({ kind }) => kind.field === 'virtualIPs');
  return {
    '/address': async (query) => {
      const name = virtualIPName(query.get('is') ?? '');
      const found = virtualIPs?.objects?.find(({ metadata }) => metadata.name === name);
      return found === undefined
        ? { refused: 'There is no VirtualIP of this address that you may read.' }
        : addressAnswer(found as VirtualIP);
    },
    '/simulate': async (query) => {
      const { objects, notes } = await readCluster(client);
      return simulationAnswer(objects as readonly KubernetesObject[], notes, query.get('without') ?? '');
    },
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError('a port is a number from 1 to 65535.');
  return port;
}

const EXAMPLES = `
Examples:
  kubectl keepalived dashboard
  kubectl keepalived dashboard --port 8300
  kubectl keepalived dashboard --context production`;
