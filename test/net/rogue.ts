/** A host on the switch that isn't of the group, and runs a keepalived of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from '../../src/conf/print.ts';
import { block, line, type Statement } from '../../src/conf/tree.ts';
import { ip } from './bridge.ts';

export class Rogue implements Disposable {
  readonly namespace: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rogue-'));
  readonly #running: ChildProcess[] = [];

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Runs keepalived with this instance until {@link stop}. */
  claim(lines: readonly Statement[]): void {
    const file = join(this.#folder, 'keepalived.conf');
    writeFileSync(file, print([block('global_defs', [], [line('router_id', 'rogue')]), block('vrrp_instance', ['rogue'], lines)]));
    const pids = ['pid', 'vrrp_pid', 'checkers_pid'].map((name) => `--${name}=${join(this.#folder, name)}`);
    const command = ['keepalived', '--dont-fork', '--log-console', '--no-syslog', '--vrrp', `--use-file=${file}`, ...pids];
    this.#running.push(spawn('ip', ['netns', 'exec', this.namespace, ...command], { stdio: 'ignore' }));
  }

  holds(address: string): boolean {
    return ip('-n', this.namespace, 'address', 'show', 'dev', 'eth0').includes(` ${address}/`);
  }

  async stop(): Promise<void> {
    for (const child of this.#running.splice(0)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || !child.kill('SIGTERM')) continue;
      await ended;
    }
  }

  [Symbol.dispose](): void {
    for (const child of this.#running.splice(0)) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
