import { type ChildProcess, spawn } from 'node:child_process';

export interface Loss {
  readonly sent: number;
  readonly lost: number;
}

/** Echo requests to an address every 10 ms from a host, until it is stopped. */
export class Probe {
  readonly #ping: ChildProcess;
  #output = '';

  constructor(namespace: string, address: string) {
    this.#ping = spawn('ip', ['netns', 'exec', namespace, 'ping', '-q', '-n', '-i', '0.01', address], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#ping.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk;
    });
  }

  stop(): Promise<Loss> {
    return new Promise((resolve) => {
      this.#ping.once('close', () => {
        const [, sent = '0', received = '0'] = /(\d+) packets transmitted, (\d+) received/.exec(this.#output) ?? [];
        // The last answer may still be on its way when ping ends.
        resolve({ sent: Number(sent), lost: Math.max(0, Number(sent) - Number(received) - 1) });
      });
      this.#ping.kill('SIGINT');
    });
  }
}

/**
 * The longest time between two answers of an address to a host that asks every 10 ms, in milliseconds. A machine that is busy asks less often, so
 * lost requests would tell too little.
 */
export class GapProbe {
  readonly #ping: ChildProcess;
  #output = '';

  constructor(namespace: string, address: string) {
    this.#ping = spawn('ip', ['netns', 'exec', namespace, 'ping', '-n', '-D', '-i', '0.01', address], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#ping.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk;
    });
  }

  stop(): Promise<number> {
    return new Promise((resolve) => {
      this.#ping.once('close', () => {
        const answers = [...this.#output.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)].map(([, seconds]) => Number(seconds) * 1000);
        resolve(Math.round(Math.max(0, ...answers.slice(1).map((at, index) => at - (answers[index] ?? at)))));
      });
      this.#ping.kill('SIGINT');
    });
  }
}

/**
 * Milliseconds since 1970 at which an address first answers an echo request of a host; asked every 10 ms. `timeout` ends it, because with a limit
 * of its own ping ends as soon as ARP gives up.
 */
export function firstAnswer(namespace: string, address: string): Promise<number> {
  const command = ['timeout', '20', 'ping', '-n', '-i', '0.01', address];
  const ping = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let output = '';
    ping.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (!output.includes('bytes from')) return;
      resolve(Date.now());
      ping.kill('SIGTERM');
    });
    ping.once('close', () => reject(new Error(`${address} did not answer for 20 s`)));
  });
}
