import type { HealthCheck } from '../api/node-config.ts';
import { trackFileOf } from '../localise/localise.ts';
import { type Damped, damp, hasLocalEndpoints } from './health-check.ts';
import type { Log } from './log.ts';
import type { Paths } from './paths.ts';
import { writeTrackFile } from './track-file.ts';

const INTERVAL_MILLISECONDS = 1000;

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

  /** Takes the place of the checks before; one that is new is asked at once. */
  set(checks: readonly HealthCheck[]): void {
    const names = new Set(checks.map(({ trackFile }) => trackFile));
    for (const known of this.#results.keys()) if (!names.has(known)) this.#results.delete(known);
    const fresh = checks.filter(({ trackFile }) => !this.#checks.some((known) => known.trackFile === trackFile));
    this.#checks = checks;
    for (const check of fresh) this.#check(check);
  }

  #round(): void {
    for (const check of this.#checks) this.#check(check);
  }

  #check(check: HealthCheck): void {
    this.#ask(check).catch((error: Error) => this.#log.warn({ trackFile: check.trackFile, error: error.message }, 'health check failed'));
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
