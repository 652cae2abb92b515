/** A manager in this process, behind a proxy of its own that counts and may break what it asks. */
import { inspect } from 'node:util';
import { waitFor } from '../../lab/machine/wait.ts';
import type { Connection } from '../../src/kube/connection/connection.ts';
import { type Ending, Manager } from '../../src/manager/manager.ts';
import type { ManagerOptions } from '../../src/manager/options.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import type { Fields, Log } from '../../src/telemetry/log.ts';
import { ApiProxy, type Passed } from './proxy.ts';

export interface ManagerUnderTest {
  readonly proxy: ApiProxy;
  /** What it logged: `level message {fields}`. */
  readonly lines: readonly string[];
  /** How it ended. */
  readonly ended: Promise<Ending>;
  /** Tells it to end, waits until it has. */
  stop(): Promise<Ending>;
  /** Ends it as a crash does: nothing that it sends from now on arrives. */
  crash(): Promise<void>;
}

/** Reflector times of tests: what takes minutes in a cluster takes seconds here. */
export const QUICK = { quiet: 5_000, relist: 10 * 60_000, backoffBase: 50, backoffCap: 500 };

export async function startManager(upstream: Connection, options: Partial<ManagerOptions> = {}): Promise<ManagerUnderTest> {
  const proxy = await ApiProxy.open(upstream);
  const lines: string[] = [];
  const stop = new AbortController();
  const manager = new Manager({
    ...{ connection: proxy.connection, settings: { agentImage: 'operator:test' }, identity: 'test', leaseNamespace: undefined },
    ...{ health: undefined, metrics: undefined, clock: systemClock, log: logInto(lines), reflectorTimes: QUICK, agentPort: 9 },
    ...options,
  });
  const ended = manager.run(stop.signal);
  return {
    ...{ proxy, lines, ended },
    async stop() {
      stop.abort();
      const ending = await ended;
      proxy.close();
      return ending;
    },
    async crash() {
      proxy.decide = () => 'reset';
      proxy.breakAll();
      stop.abort();
      await ended;
      proxy.close();
    },
  };
}

/** Waits until nothing was written for `ms`; gives what was written until then, from the index `from` on. */
export async function quiet({ proxy }: Pick<ManagerUnderTest, 'proxy'>, ms = 1500, from = 0): Promise<readonly Passed[]> {
  let [count, since] = [proxy.writes.length, performance.now()];
  await waitFor(
    `nothing is written for ${ms} ms`,
    async () => {
      if (proxy.writes.length !== count) [count, since] = [proxy.writes.length, performance.now()];
      return performance.now() - since >= ms || undefined;
    },
    60_000,
  );
  return proxy.writes.slice(from);
}

// --- internal ---

function logInto(lines: string[], bound: Fields = {}): Log {
  const at =
    (level: string) =>
    (fields: Fields, message: string): void => {
      lines.push(`${level} ${message} ${inspect({ ...bound, ...fields }, { depth: 2, breakLength: Number.POSITIVE_INFINITY })}`);
    };
  return {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal') },
    child: (fields) => logInto(lines, { ...bound, ...fields }),
  };
}
