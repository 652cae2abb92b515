/** How a node fails, and how it is healed. */
import { type HostName, SWITCH } from '../hosts/address.ts';
import { runInside } from '../hosts/host.ts';
import { setCable } from '../hosts/network.ts';
import { cutPower, powerOn, without } from './cluster.ts';
import { changeState, hostIsUp, hostOf, stateOf } from './state.ts';

export const FAILURES = {
  'power-off': 'everything on it stops at once, as when the plug is pulled',
  kill: "keepalived's processes on it are killed (SIGKILL)",
  'link-down': 'its network card loses the carrier',
  cut: 'the switch passes nothing to or from it any more, the carrier stays',
} as const;
export type Failure = keyof typeof FAILURES;

/** Lets a node fail; it has failed when this resolves. */
export async function failNode(name: string, node: HostName, how: Failure): Promise<void> {
  const state = stateOf(name);
  checkNode(state.nodes, node);
  if (how === 'power-off') await cutPower(name, node);
  else if (how === 'kill') await runInside(hostOf(state, node), ['sh', '-c', KILL_KEEPALIVED]);
  else {
    const cable = how === 'cut' ? 'cut' : 'down';
    await setCable(node, hostOf(state, SWITCH), cable);
    changeState(name, (now) => ({ ...now, cables: { ...now.cables, [node]: cable } }));
  }
}

/** Undoes whatever was done to a node: gives it power and a good cable; its own programs do the rest. */
export async function healNode(name: string, node: HostName): Promise<void> {
  const state = stateOf(name);
  checkNode(state.nodes, node);
  if (!hostIsUp(state, node)) await powerOn(name, node);
  if (state.cables[node] === undefined) return;
  await setCable(node, hostOf(stateOf(name), SWITCH), 'good');
  changeState(name, (now) => ({ ...now, cables: without(now.cables, node) }));
}

// --- internal ---

/** A host has a process table of its own, so that the name finds no keepalived but the host's. */
const KILL_KEEPALIVED = `
for file in /proc/[0-9]*/comm; do
  read -r name <"$file" || continue
  pid=\${file#/proc/}
  [ "$name" != keepalived ] || kill -KILL "\${pid%/comm}"
done 2>/dev/null
exit 0`;

function checkNode(nodes: readonly HostName[], node: HostName): void {
  if (!nodes.includes(node)) throw new Error(`${node} is not a node of this lab; its nodes are: ${nodes.join(', ')}`);
}
