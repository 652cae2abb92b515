/** Probes an address at a fixed pace and tells what was missed. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Attempt, type Gap, gapsIn } from './gap.ts';

export interface ProbeOptions {
  /** Time between two probes, in milliseconds; 10 unless told. */
  readonly everyMs?: number;
  /** Connects to this TCP port instead of sending ICMP echo requests. */
  readonly port?: number;
}

export interface ProbeResult {
  readonly address: string;
  readonly everyMs: number;
  readonly sent: number;
  readonly received: number;
  readonly gaps: readonly Gap[];
}

export interface Probe {
  /** Stops sending once the fate of all that was sent before the call is known, and gives what was seen. */
  stop(): Promise<ProbeResult>;
}

/** Probes of several addresses. */
export interface Probes {
  /** As `Probe.stop`; a result for each address, in the order in which they were named. */
  stop(): Promise<readonly ProbeResult[]>;
}

/** An answer that takes longer, in milliseconds, is no answer: what waited for an address to be resolved has seen the outage. */
export const ANSWER_WITHIN_MS = 200;

/** Makes the command line that runs a command where the probes come from. */
export type FromThere = (command: readonly string[]) => string[];

/** Starts to probe; it has sent, and knows the fate of its first probe, when this resolves. */
export async function startProbe(from: FromThere, address: string, { everyMs = 10, port }: ProbeOptions = {}): Promise<Probe> {
  const command = port === undefined ? echo([address], everyMs) : connect(address, port, everyMs);
  const probes = await started(from(command), [address], everyMs);
  return {
    async stop() {
      const [result] = await probes.stop();
      return result ?? { address, everyMs, sent: 0, received: 0, gaps: [] };
    },
  };
}

/** The same for several addresses, by ICMP echo and one process. */
export const startProbes = (from: FromThere, addresses: readonly string[], everyMs: number): Promise<Probes> =>
  started(from(echo(addresses, everyMs)), addresses, everyMs);

/** What a line of `fping --loop --timestamp` tells: one attempt, or nothing for other lines. */
export function attemptIn(line: string): Attempt | undefined {
  const found = /^\[(\d+\.\d+)\] \S+ +: \[(\d+)\], (?:\d+ bytes, ([\d.]+) ms|timed out)/.exec(line);
  if (found === null) return undefined;
  const [, toldAt = '', sequence = '', roundTrip] = found;
  const tookMs = Number(roundTrip ?? ANSWER_WITHIN_MS);
  const answered = roundTrip !== undefined && tookMs <= ANSWER_WITHIN_MS;
  return { sequence: Number(sequence), sentAt: Number(toldAt) * 1000 - tookMs, answered };
}

/** Whose attempt a line tells of, as the command line named it. */
export const addressIn = (line: string): string | undefined => /^\[[\d.]+\] (\S+) +: \[/.exec(line)?.[1];

// --- internal ---

async function started(command: readonly string[], addresses: readonly string[], everyMs: number): Promise<Probes> {
  const [program = '', ...parameters] = command;
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  const attempts = new Map<string, Attempt[]>(addresses.map((address) => [address, []]));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const attempt = attemptIn(line);
    if (attempt !== undefined) attempts.get(addressIn(line) ?? '')?.push(attempt);
  });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const whose = addresses.join(', ');
  await firstOutput(child, () => `the probe of ${whose} ended by itself: ${Buffer.concat(said).toString().trim()}`);
  return {
    async stop() {
      await Promise.race([pause(ANSWER_WITHIN_MS + 2 * everyMs), ended]);
      child.kill('SIGINT');
      await ended;
      return [...attempts].map(([address, seen]) => resultOf(address, everyMs, seen));
    },
  };
}

function resultOf(address: string, everyMs: number, attempts: readonly Attempt[]): ProbeResult {
  const received = attempts.filter(({ answered }) => answered).length;
  return { address, everyMs, sent: attempts.length, received, gaps: gapsIn(attempts, everyMs) };
}

/**
 * By a ping socket, which gets the answers to its own echoes alone (icmp(7)). A raw socket gets those to every probe of the host, and loses some when
 * the machine is busy. fping takes a raw one wherever it has the right to.
 */
const echo = (addresses: readonly string[], everyMs: number): string[] => [
  ...['setpriv', '--no-new-privs', '--reuid=65534', '--regid=65534', '--clear-groups'],
  ...['fping', '--loop', '--timestamp', `--period=${everyMs}`, `--timeout=${ANSWER_WITHIN_MS}`],
  ...(addresses.length > 1 ? ['--interval=1'] : []),
  ...addresses,
];

const connect = (address: string, port: number, everyMs: number): string[] => [
  ...[process.execPath, join(import.meta.dirname, 'connect.ts')],
  ...[address, String(port), String(everyMs), String(ANSWER_WITHIN_MS)],
];

function firstOutput(child: ChildProcessByStdio<null, Readable, Readable>, failure: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
    child.once('close', () => reject(new Error(failure())));
  });
}
