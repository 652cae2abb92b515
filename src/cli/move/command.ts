import { Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../../net/address.ts';
import { type Answer, failed } from '../answer.ts';
import { type ConnectionOptions, withConnection } from '../connection-options.ts';
import type { Edge } from './carry-out.ts';
import { drain, move, undrain } from './drain.ts';
import { rebalance } from './rebalance.ts';

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

export interface RebalanceOptions extends DrainOptions {
  readonly most?: number;
  readonly dryRun?: boolean;
}

/** `drain`; `run` is given the name of the node and the options. */
export const drainCommand = (run: (node: string, options: DrainOptions) => Promise<void>): Command =>
  withBudget(withConnection(new Command('drain')))
    .summary('moves all addresses away from a node, one after the other, and keeps the node free of addresses')
    .description(
      `Moves every address that the node has or should have to the node that takes over next, and waits until the status shows it there. Then it sets
the annotation keepalived-operator.redhat-cop.io/drain on the Node, so that the node gets no address. Pods stay; kubectl drain evicts them.
If an address does not arrive in time, or at Ctrl-C, it moves the addresses back. If an address has no other node to go to, it moves nothing.
Established connections to an address that moves break.

It needs permission to list KeepalivedGroups, Services and Nodes, and to patch KeepalivedGroups and Nodes. ${STATUS}`,
    )
    .argument('<node>', 'name of the Node')
    .addHelpText('after', '\nExample:\n  kubectl keepalived drain node1 --at-once 5')
    .action((node: string, options: DrainOptions) => run(node, options));

/** `undrain`; `run` is given the name of the node and the options. */
export const undrainCommand = (run: (node: string, options: DrainOptions) => Promise<void>): Command =>
  withBudget(withConnection(new Command('undrain')))
    .summary('ends a drain: moves the addresses back to the node, one after the other')
    .description(
      `Removes the annotation of a drain from the Node, moves back each address that drain moved, and waits until the status shows it there. An address
that was moved by hand since then stays where it is. If the annotation was set by "kubectl annotate node NODE
keepalived-operator.redhat-cop.io/drain=", all addresses move back at the same time. If an address does not arrive in time, or at Ctrl-C, the
node stays drained. It needs the same permissions as drain. ${STATUS}`,
    )
    .argument('<node>', 'name of the Node')
    .addHelpText('after', '\nExample:\n  kubectl keepalived undrain node1')
    .action((node: string, options: DrainOptions) => run(node, options));

/** `move`; `run` is given the address and the options. */
export const moveCommand = (run: (address: string, options: MoveOptions) => Promise<void>): Command =>
  withTimeout(withConnection(new Command('move')))
    .summary('moves an address to another node, and waits until it is there')
    .description(
      `Makes a node the preferred node of an address (annotation keepalived-operator.redhat-cop.io/preferred-nodes of its KeepalivedGroup), and waits
until that node has the address. Addresses on the same virtual router move with it. If the node is lost or drained later, the address moves to
the next node, and returns when the node is back. If the address does not arrive in time, or at Ctrl-C, the change is undone.
Established connections to the address break.

It needs permission to list KeepalivedGroups, Services and Nodes, and to patch the KeepalivedGroup. ${STATUS}`,
    )
    .argument('<address>', 'the address to move')
    .addOption(new Option('--to <node>', 'name of the node; it must belong to the group, be Ready and not be drained').conflicts('home'))
    .option('--home', 'move the address back to the node that the group chose')
    .addHelpText('after', '\nExamples:\n  kubectl keepalived move 192.0.2.200 --to node2\n  kubectl keepalived move 192.0.2.200 --home')
    .action((address: string, options: MoveOptions) => run(address, options));

/** `rebalance`; `run` is given the name of the group and the options. */
export const rebalanceCommand = (run: (group: string | undefined, options: RebalanceOptions) => Promise<void>): Command =>
  withBudget(withConnection(new Command('rebalance')))
    .summary('makes the number of addresses on the nodes even again, one move after the other')
    .description(
      `Chooses preferred nodes so that each node of a group has the same number of addresses, as after a node was added, and moves the addresses from
the nodes that have the most to those that have the fewest. It waits for each address until the status shows it there.
An address that was moved by hand stays. If an address does not arrive in time, or at Ctrl-C, all addresses move back.
Established connections to an address that moves break.

It needs permission to list KeepalivedGroups, Services and Nodes, and to patch KeepalivedGroups. ${STATUS}`,
    )
    .argument('[group]', 'namespace/name of a KeepalivedGroup; all groups if absent')
    .option('--most <count>', 'maximum number of virtual routers of each group to move', countOf)
    .option('--dry-run', 'show what would move, and change nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  kubectl keepalived rebalance --dry-run\n  kubectl keepalived rebalance web/vips --most 10 --at-once 2',
    )
    .action((group: string | undefined, options: RebalanceOptions) => run(group, options));

export const answerDrain = (node: string, { atOnce, timeout }: DrainOptions, edge: Edge): Promise<Answer> =>
  drain(node, { atOnce, timeoutMs: timeout * 1000 }, edge);

export const answerUndrain = (node: string, { atOnce, timeout }: DrainOptions, edge: Edge): Promise<Answer> =>
  undrain(node, { atOnce, timeoutMs: timeout * 1000 }, edge);

export async function answerMove(text: string, { to, home, timeout }: MoveOptions, edge: Edge): Promise<Answer> {
  const address = parseAddress(text)?.text;
  if (address === undefined) return failed(`${JSON.stringify(text)} is not an address`);
  if (to === undefined && home !== true) return failed('no target: set --to NODE or --home');
  return move(address, to, { atOnce: 1, timeoutMs: timeout * 1000 }, edge);
}

export const answerRebalance = (
  group: string | undefined,
  { atOnce, timeout, most, dryRun = false }: RebalanceOptions,
  now: Date,
  edge: Edge,
): Promise<Answer> =>
  rebalance(
    {
      isDry: dryRun,
      now: now.toISOString(),
      ...(group !== undefined && { group }),
      ...(most !== undefined && { most }),
    },
    { atOnce, timeoutMs: timeout * 1000 },
    edge,
  );

// --- internal ---

const STATUS = 'The exit status is 2 when the change was undone or is incomplete.';
const DEFAULT_TIMEOUT = 60;

const withTimeout = (command: Command): Command =>
  command.option('--timeout <seconds>', 'time limit for each address', countOf, DEFAULT_TIMEOUT);

const withBudget = (command: Command): Command =>
  withTimeout(command.option('--at-once <count>', 'maximum number of virtual routers that move at the same time', countOf, 1));

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Expected a whole number above 0.');
  return count;
}
