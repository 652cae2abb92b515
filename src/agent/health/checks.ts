import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck } from '../../api/node/config.ts';
import type { HealthCheckReport } from '../../api/node/report.ts';
import { type Finding, type Grading, trackValue } from '../../localise/finding.ts';
import { trackFileOf } from '../../localise/localise.ts';
import type { FileNotWritten } from '../facts.ts';
import { writeTrackFile } from '../files/track-file.ts';
import { NotWritten } from '../files/write.ts';
import type { Log } from '../log.ts';
import type { Paths } from '../paths.ts';
import { askHttp } from './ask-http.ts';
import { afterFinding, best, findingIn, type Known } from './health-check.ts';

const INTERVAL_MILLISECONDS = 1000;
/** For the first answer of a new check, before what depends on it is loaded; on the node itself it takes a few. */
const FIRST_ANSWER_MILLISECONDS = 200;

export interface ChecksContext {
  readonly paths: Paths;
  readonly log: Log;
  /** Where kube-proxy may listen: addresses of the node, those first that are likely. */
  readonly addresses: () => readonly string[];
}

/** Asks every health check once a second and keeps the track files; each check stands alone. */
export class Checks {
  readonly #context: ChecksContext;
  readonly #known = new Map<string, Known>();
  /** Where each was answered last. */
  readonly #answered = new Map<string, string>();
  /** Whose track file was not written yet, or could not be: it is written again. */
  readonly #behind = new Map<string, FileNotWritten | null>();
  #checks: readonly HealthCheck[] = [];
  #gradings: ReadonlyMap<string, Grading> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: ChecksContext) {
    this.#context = context;
  }

  start(): void {
    this.#timer = setInterval(() => this.#round(), INTERVAL_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Names of the track files whose Services are known to have endpoints here. */
  get healthy(): ReadonlySet<string> {
    return new Set([...this.#known].flatMap(([name, { finding }]) => (finding === 'endpoints' ? name : [])));
  }

  /** What is known, as it is reported. */
  get report(): HealthCheckReport[] {
    return this.#checks.flatMap(({ trackFile, port }) => {
      const finding = this.#known.get(trackFile)?.finding ?? null;
      return finding === null ? [] : [{ name: trackFile, port, finding }];
    });
  }

  /** The first track file that could not be written; null where each says what is known. */
  get notWritten(): FileNotWritten | null {
    return [...this.#behind.values()].find((file) => file !== null) ?? null;
  }

  /** Takes the place of the checks before. One that is new is asked at once; this resolves when it has answered, or did not in time. */
  async set(checks: readonly HealthCheck[], gradings: ReadonlyMap<string, Grading>): Promise<void> {
    const names = new Set(checks.map(({ trackFile }) => trackFile));
    for (const known of [...this.#known.keys()].filter((name) => !names.has(name))) this.#forget(known);
    const fresh = checks.filter(({ trackFile }) => !this.#checks.some((known) => known.trackFile === trackFile));
    const regraded = checks.filter(({ trackFile }) => gradings.get(trackFile) !== this.#gradings.get(trackFile));
    this.#checks = checks;
    this.#gradings = gradings;
    for (const { trackFile } of regraded) await this.#write(trackFile);
    if (fresh.length === 0) return;
    await Promise.race([Promise.all(fresh.map((check) => this.#check(check))), sleep(FIRST_ANSWER_MILLISECONDS)]);
  }

  #forget(name: string): void {
    this.#known.delete(name);
    this.#answered.delete(name);
    this.#behind.delete(name);
  }

  #round(): void {
    for (const check of this.#checks) void this.#check(check);
  }

  #check(check: HealthCheck): Promise<void> {
    const { trackFile } = check;
    return this.#ask(check).catch((error: Error) => {
      if (!(error instanceof NotWritten)) this.#context.log.warn({ trackFile, error: error.message }, 'health check failed');
    });
  }

  async #ask(check: HealthCheck): Promise<void> {
    const { trackFile, port } = check;
    const answer = await this.#find(check);
    if (!this.#checks.some((known) => known.trackFile === trackFile && known.port === port)) return;
    const before = this.#known.get(trackFile);
    const after = afterFinding(before, answer);
    this.#known.set(trackFile, after);
    const isSame = (before?.finding ?? null) === after.finding;
    if (isSame && !this.#behind.has(trackFile)) return;
    await this.#write(trackFile);
    if (isSame) return;
    this.#context.log.info({ trackFile, port, finding: after.finding }, 'what is known of a Service on this node changed');
  }

  /** Asks first where it was answered last, and only without an answer everywhere. */
  async #find({ trackFile, port }: HealthCheck): Promise<Finding> {
    const addresses = this.#context.addresses();
    const last = this.#answered.get(trackFile);
    const there =
      last !== undefined && addresses.includes(last) ? findingIn(await askHttp(last, port, INTERVAL_MILLISECONDS)) : 'unanswered';
    if (there !== 'unanswered') return there;
    const answers = await Promise.all(addresses.map((address) => askHttp(address, port, INTERVAL_MILLISECONDS)));
    const findings = answers.map(findingIn);
    const found = best(findings);
    const where = addresses[findings.indexOf(found)];
    if (found !== 'unanswered' && where !== undefined) this.#answered.set(trackFile, where);
    return found;
  }

  async #write(name: string): Promise<void> {
    const finding = this.#known.get(name)?.finding ?? null;
    if (finding === null) return;
    this.#behind.set(name, this.#behind.get(name) ?? null);
    await writeTrackFile(trackFileOf(this.#context.paths, name), trackValue(finding, this.#gradings.get(name) ?? 'fault')).catch(
      (error: Error) => this.#notWritten(name, error),
    );
    this.#behind.delete(name);
  }

  /** Logged once, not once a second, for as long as it fails for the same reason. */
  #notWritten(name: string, error: Error): never {
    const { file, code } = error instanceof NotWritten ? error : { file: name, code: error.message };
    const before = this.#behind.get(name);
    this.#behind.set(name, { file, code });
    if (before?.code !== code) this.#context.log.error({ trackFile: name, error: error.message }, 'a file could not be written');
    throw error;
  }
}
