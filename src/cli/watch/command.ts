import { Command, Option } from 'commander';
import { type Answer, failed, told } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import { noSubject, subjectOf } from '../status/subject.ts';
import { type FollowOptions, follow } from './follow.ts';
import { newsLine, WATCH_FORMATS, type WatchFormat } from './view.ts';

export interface WatchOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly output: WatchFormat;
}

/** `watch`; `run` is given what it is about and the options. */
export function watchCommand(run: (subject: string | undefined, options: WatchOptions) => Promise<void>): Command {
  return withConnection(new Command('watch'))
    .summary('prints what happens to addresses as it happens, until Ctrl-C')
    .description(
      `Prints a line with time and cause for each move of an address, each change of its state, and each change of a condition. Conditions of
KeepalivedGroups and AddressPools show what is refused. The state at the start is not printed; status and history show it.
It watches VirtualIPs and, if you have permission, KeepalivedGroups and AddressPools. When the API server does not answer, it tries again, and
then prints what happened meanwhile, as far as the objects keep it. The exit status is 0 when Ctrl-C ends it.`,
    )
    .argument('[subject]', 'only this subject: an address, service/[NAMESPACE/]NAME or node/NAME')
    .option(
      '-n, --namespace <namespace>',
      "namespace of a Service that names none, by default the context's; without a Service, only groups of this namespace",
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the output; json prints an object on each line').choices(WATCH_FORMATS).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action((subject: string | undefined, options: WatchOptions) => run(subject, options));
}

export interface WatchContext extends Pick<FollowOptions, 'client' | 'clock' | 'note'> {
  readonly print: (text: string) => void;
  readonly contextNamespace?: string | undefined;
  readonly signal: AbortSignal;
}

/** The whole command, which ends with the signal. @throws ApiError when there is nothing to follow */
export async function answerWatch(text: string | undefined, options: WatchOptions, context: WatchContext): Promise<Answer> {
  const subject = text === undefined ? undefined : subjectOf(text, options.namespace ?? context.contextNamespace ?? 'default');
  if (subject === null) return failed(noSubject(text));
  const { print, signal, ...edges } = context;
  const tell: FollowOptions['tell'] = (news) => print(newsLine(news, options.output));
  await follow({ ...edges, subject, namespace: options.namespace, tell }, signal);
  return told('');
}

// --- internal ---

const EXAMPLES = `
Examples:
  kubectl keepalived watch
  kubectl keepalived watch node/node1
  kubectl keepalived watch 192.0.2.200 -o json`;
