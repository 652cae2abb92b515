import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck } from '../../api/node/config.ts';
import { trackFileOf } from '../../localise/localise.ts';
import type { Log } from '../log.ts';
import type { Paths } from '../paths.ts';
import { HEALTHY, writeTrackFile } from '../track-file.ts';
import { type Damped, damp, hasLocalEndpoints } from './health-check.ts';

const INTERVAL_MILLISECONDS = 1000;
/** For the first answer of a new check, before what depends on it is loaded; on the node itself it takes a few. */
const FIRST_ANSWER_MILLISECONDS = 200;

/** Asks every health check once a second and keeps the track files; each check stands alone. */
export class Checks {
  readonly #paths: Paths;
  readonly #log: Log;
  readonly #results = new Map<string, Damped>();
  #checks: readonly HealthCheck[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(paths: Paths, log: Log) {
    this.#paths = paths;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => this.#round(), INTERVAL_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Names of the track files that say healthy. */
  get healthy(): ReadonlySet<string> {
    return new Set([...this.#results].flatMap(([name, { value }]) => (value === HEALTHY ? name : [])));
  }

  /** Takes the place of the checks before. One that is new is asked at once; this resolves when it has answered, or did not in time. */
  async set(checks: readonly HealthCheck[]): Promise<void> {
    const names = new Set(checks.map(({ trackFile }) => trackFile));
    for (const known of this.#results.keys()) if (!names.has(known)) this.#results.delete(known);
    const fresh = checks.filter(({ trackFile }) => !this.#checks.some((known) => known.trackFile === trackFile));
    this.#checks = checks;
    if (fresh.length === 0) return;
    await Promise.race([Promise.all(fresh.map((check) => this.#check(check))), sleep(FIRST_ANSWER_MILLISECONDS)]);
  }

  #round(): void {
    for (const check of this.#checks) void this.#check(check);
  }

  #check(check: HealthCheck): Promise<void> {
    return this.#ask(check).catch((error: Error) =>
      this.#log.warn({ trackFile: check.trackFile, error: error.message }, 'health check failed'),
    );
  }

  async #ask(check: HealthCheck): Promise<void> {
    const { trackFile, port } = check;
    const answer = await hasLocalEndpoints(check, INTERVAL_MILLISECONDS);
    if (!this.#checks.some((known) => known.trackFile === trackFile && known.port === port)) return;
    const before = this.#results.get(trackFile);
    const after = damp(before, answer);
    this.#results.set(trackFile, after);
    if (before?.value === after.value) return;
    await writeTrackFile(trackFileOf(this.#paths, trackFile), after.value);
    this.#log.info({ trackFile, port, value: after.value }, 'health of a Service on this node changed');
  }
}
