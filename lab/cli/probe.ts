import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { openLab } from '../lab.ts';
import type { ProbeResult } from '../probe/probe.ts';
import { countUpTo, milliseconds, outputOption, verb } from './verb.ts';

interface Options {
  readonly name: string;
  readonly for?: number;
  readonly every: number;
  readonly port?: number;
  readonly output: 'text' | 'json';
}

export const probe = (): Command =>
  verb('probe', 'Probe an address from the client host by ICMP echo, or by connecting to a TCP port, and tell every gap in the answers.', [
    'probe 192.0.2.200 --for 10s',
    'probe 192.0.2.200 --port 80 --every 20ms -o json',
  ])
    .argument('<address>')
    .option('--for <duration>', 'how long; until interrupted unless told', milliseconds)
    .option('--every <duration>', 'time between two probes', milliseconds, 10)
    .option('--port <port>', 'connect to this TCP port instead', countUpTo(65_535))
    .addOption(outputOption())
    .action(async (address: string, { name, every, port, output, ...options }: Options) => {
      const lab = await openLab(name);
      const running = await lab.probe(address, { everyMs: every, ...(port === undefined ? {} : { port }) });
      await interruptedOrAfter(options.for);
      const result = await running.stop();
      console.log(output === 'json' ? JSON.stringify(result, null, 2) : described(result));
    });

/** The result for people, a line for each gap. */
export function described({ address, everyMs, sent, received, gaps }: ProbeResult): string {
  const longest = Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs));
  const lines = gaps.map(({ startedAt, lengthMs, lost, open }) => {
    const length = `${open ? 'at least ' : ''}${Math.round(lengthMs)} ms`;
    return `  ${new Date(startedAt).toISOString().slice(11, 23)}  ${length}, ${lost} lost`;
  });
  const summary = `${address}: ${received} of ${sent} answered, one every ${everyMs} ms`;
  return gaps.length === 0
    ? `${summary}; no gap`
    : [`${summary}; longest gap ${Math.round(longest)} ms (times are UTC)`, ...lines].join('\n');
}

// --- internal ---

async function interruptedOrAfter(duration: number | undefined): Promise<void> {
  const over = new AbortController();
  const interrupted = (): void => over.abort();
  process.once('SIGINT', interrupted);
  await pause(duration ?? 2 ** 31 - 1, undefined, { signal: over.signal }).catch(() => {}); // An interrupt ends it as well as it can be ended.
  process.off('SIGINT', interrupted);
}
