/** Probes an address with ICMP echo at a fixed rate and tells what was missed. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Gap, gapsBetween, type Reply } from './gap.ts';

export interface ProbeOptions {
  /** Time between two probes, in milliseconds; 10 unless told. */
  readonly everyMs?: number;
}

export interface ProbeResult {
  readonly address: string;
  readonly everyMs: number;
  readonly sent: number;
  /** Answered in time. */
  readonly received: number;
  /** When the first was sent, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly gaps: readonly Gap[];
}

export interface Probe {
  /** Stops sending and gives what was seen. */
  stop(): Promise<ProbeResult>;
}

/** An answer that takes longer is no answer: what waited for an address to be resolved has seen the outage. */
export const ANSWER_WITHIN_MS = 200;

/** Starts to probe; `onNetwork` makes the command line that runs a command where the probes come from. */
export async function startProbe(
  onNetwork: (command: readonly string[]) => string[],
  address: string,
  { everyMs = 10 }: ProbeOptions = {},
): Promise<Probe> {
  const [program = '', ...parameters] = onNetwork(['ping', '-n', '-D', '-O', '-i', String(everyMs / 1000), address]);
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  const replies: Reply[] = [];
  const reader = new PingReader(replies);
  createInterface({ input: child.stdout }).on('line', (line) => reader.read(line));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const failure = new Promise<never>((_, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error(`ping ${address} ended by itself: ${reader.rest}`)));
  });
  failure.catch(() => {}); // Its end after stop() is no failure.
  await Promise.race([new Promise<void>((resolve) => child.stdout.once('data', () => resolve())), failure]);
  const startedAt = Date.now();
  return {
    async stop() {
      child.kill('SIGINT');
      await ended;
      const sent = reader.sent ?? replies.length;
      const inTime = replies.filter(({ roundTripMs }) => roundTripMs <= ANSWER_WITHIN_MS);
      return { address, everyMs, sent, received: inTime.length, startedAt, gaps: gapsBetween(inTime, { sent, everyMs, startedAt }) };
    },
  };
}

/** Reads what `ping -D -O` of iputils prints. */
export class PingReader {
  readonly #replies: Reply[];
  #wraps = 0;
  #last = 0;
  /** What its summary says was sent. */
  sent: number | undefined;
  /** The last line that was no reply. */
  rest = '';

  constructor(replies: Reply[]) {
    this.#replies = replies;
  }

  read(line: string): void {
    const reply = /^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq=(\d+) .*time=([\d.]+) ms(.*)$/.exec(line);
    if (reply === null) {
      this.rest = line === '' ? this.rest : line;
      const summary = /^(\d+) packets transmitted/.exec(line)?.[1];
      if (summary !== undefined) this.sent = Number(summary);
      return;
    }
    const [, at = '', sequence = '', time = '', remark = ''] = reply;
    if (remark.includes('DUP!')) return;
    const roundTripMs = Number(time);
    this.#replies.push({ sequence: this.#unwrapped(Number(sequence)), sentAt: Number(at) * 1000 - roundTripMs, roundTripMs });
  }

  /** The sequence number on the wire has 16 bits. */
  #unwrapped(sequence: number): number {
    if (sequence < this.#last - 32768) this.#wraps += 1;
    this.#last = sequence;
    return this.#wraps * 65536 + sequence;
  }
}
