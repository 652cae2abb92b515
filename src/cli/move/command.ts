import { Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../../net/address.ts';
import { type Answer, failed } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import type { Edge } from './carry-out.ts';
import { drain, move, undrain } from './drain.ts';

export interface DrainOptions extends ConnectionOptions {
  readonly atOnce: number;
  /** Seconds. */
  readonly timeout: number;
}

export interface MoveOptions extends ConnectionOptions {
  readonly to?: string;
  readonly home?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** `drain`; `run` is given the name of the node and the options. */
export const drainCommand = (run: (node: string, options: DrainOptions) => Promise<void>): Command =>
  withBudget(withConnection(new Command('drain')))
    .summary("moves a node's addresses away, one after the other, and keeps it free")
    .description(
      `Moves every address that the node has, or is to have, to the node that comes next, and waits for each to be seen there. Then it marks the Node
with the annotation keepalived-operator.redhat-cop.io/drain, so that no address comes to it. Pods stay: for those there is kubectl drain.
When one does not arrive in time, or at Ctrl-C, it takes back what it moved. It moves nothing where an address has no other node to go to.
Established connections to an address that moves break.

It needs the rights to list KeepalivedGroups, Services and Nodes, and to patch KeepalivedGroups and Nodes. ${STATUS}`,
    )
    .argument('<node>', 'name of the Node')
    .addHelpText('after', '\nExample:\n  kubectl keepalived drain node1 --at-once 5')
    .action((node: string, options: DrainOptions) => run(node, options));

/** `undrain`; `run` is given the name of the node and the options. */
export const undrainCommand = (run: (node: string, options: DrainOptions) => Promise<void>): Command =>
  withBudget(withConnection(new Command('undrain')))
    .summary('takes a drain back: the node has its addresses again, one after the other')
    .description(
      `Removes the mark of a drain from the Node and brings back each address that drain moved, waiting for it to be seen. What somebody moved since
stays where it is. After "kubectl annotate node NODE keepalived-operator.redhat-cop.io/drain=" all come back at once, as that moved them.
When one does not arrive in time, or at Ctrl-C, the node is drained as before. It needs the rights of drain. ${STATUS}`,
    )
    .argument('<node>', 'name of the Node')
    .addHelpText('after', '\nExample:\n  kubectl keepalived undrain node1')
    .action((node: string, options: DrainOptions) => run(node, options));

/** `move`; `run` is given the address and the options. */
export const moveCommand = (run: (address: string, options: MoveOptions) => Promise<void>): Command =>
  withTimeout(withConnection(new Command('move')))
    .summary('moves an address to another node, and waits for it to be seen there')
    .description(
      `Has the group of the address prefer a node for it (annotation keepalived-operator.redhat-cop.io/preferred-nodes of the KeepalivedGroup), and waits
until that node has it. Addresses that share its virtual router move with it. When the node can not have it any more, it goes to the next one,
and comes back later. When it does not arrive in time, or at Ctrl-C, the group is as before. Established connections to it break.

It needs the rights to list KeepalivedGroups, Services and Nodes, and to patch the KeepalivedGroup. ${STATUS}`,
    )
    .argument('<address>', 'the address')
    .addOption(new Option('--to <node>', 'name of the node, one of its group that is Ready and not drained').conflicts('home'))
    .option('--home', 'back to the node that its group chose')
    .addHelpText('after', '\nExamples:\n  kubectl keepalived move 192.0.2.200 --to node2\n  kubectl keepalived move 192.0.2.200 --home')
    .action((address: string, options: MoveOptions) => run(address, options));

export const answerDrain = (node: string, { atOnce, timeout }: DrainOptions, edge: Edge): Promise<Answer> =>
  drain(node, { atOnce, timeoutMs: timeout * 1000 }, edge);

export const answerUndrain = (node: string, { atOnce, timeout }: DrainOptions, edge: Edge): Promise<Answer> =>
  undrain(node, { atOnce, timeoutMs: timeout * 1000 }, edge);

export async function answerMove(text: string, { to, home, timeout }: MoveOptions, edge: Edge): Promise<Answer> {
  const address = parseAddress(text)?.text;
  if (address === undefined) return failed(`${JSON.stringify(text)} is not an address`);
  if (to === undefined && home !== true) return failed('say where it is to go: --to NODE, or --home');
  return move(address, to, { atOnce: 1, timeoutMs: timeout * 1000 }, edge);
}

// --- internal ---

const STATUS = 'The exit status is 2 when it was taken back or not all was done.';
const DEFAULT_TIMEOUT = 60;

const withTimeout = (command: Command): Command =>
  command.option('--timeout <seconds>', 'how long each address may take', countOf, DEFAULT_TIMEOUT);

const withBudget = (command: Command): Command =>
  withTimeout(command.option('--at-once <count>', 'how many virtual routers may be on their way at a time', countOf, 1));

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It has to be a whole number above 0.');
  return count;
}
