/** `kubectl keepalived dashboard` as a process of its own. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface DashboardProcess {
  /** As it was printed. */
  readonly address: string;
  /** Ctrl-C. @returns the exit status */
  readonly end: () => Promise<number | null>;
  readonly kill: () => void;
}

/** Starts it and waits for its address. @param command - the plugin, and words before the verb */
export async function startDashboard(command: readonly string[], kubeconfig: string): Promise<DashboardProcess> {
  const [program = '', ...words] = command;
  const plugin = spawn(program, [...words, 'dashboard', '--kubeconfig', kubeconfig], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => plugin.once('exit', resolve));
  const end = (): Promise<number | null> => {
    plugin.kill('SIGINT');
    return ended;
  };
  for await (const line of createInterface(plugin.stdout)) {
    const [, address] = /^The dashboard is at (\S+)$/.exec(line) ?? [];
    if (address !== undefined) return { address, end, kill: () => void plugin.kill('SIGKILL') };
  }
  throw new Error(`the plugin ended with ${await ended} before it printed an address`);
}
