import { readFile } from 'node:fs/promises';
import { DATA_PATH } from '../../localise/drain.ts';
import { trackFileOf } from '../../localise/localise.ts';
import type { Moment } from '../../vrrp/moment.ts';
import { writeTrackFile } from '../files/track-file.ts';
import type { Log } from '../log.ts';
import type { Paths } from '../paths.ts';
import { askHttp } from './ask-http.ts';
import { afterHealth, type DataPath, dataPathAtStart } from './data-path.ts';

const INTERVAL_MILLISECONDS = 2000;
/** kube-proxy's `healthzBindAddress`, by default on every address. */
const PORT = 10_256;

export interface KubeProxyContext {
  readonly paths: Paths;
  readonly log: Log;
  readonly addresses: () => readonly string[];
  readonly now: () => Moment;
}

/** Asks kube-proxy whether it keeps the rules of this node up to date, and keeps the track file by which its node comes after others. */
export class KubeProxy {
  readonly #context: KubeProxyContext;
  readonly #file: string;
  #path: DataPath = dataPathAtStart(false);
  #timer: NodeJS.Timeout | undefined;

  constructor(context: KubeProxyContext) {
    this.#context = context;
    this.#file = trackFileOf(context.paths, DATA_PATH);
  }

  /** Whether it is healthy; undefined where it has never said so. */
  get isHealthy(): boolean | undefined {
    return this.#path.isKnown ? this.#path.isHealthy : undefined;
  }

  async start(): Promise<void> {
    const left = await readFile(this.#file, 'utf8').catch(() => '0');
    this.#path = dataPathAtStart(left.trim() === '1');
    await this.#write();
    this.#timer = setInterval(() => void this.#look().catch((error: Error) => this.#failed(error)), INTERVAL_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { addresses, now, log } = this.#context;
    const answers = await Promise.all(addresses().map((address) => askHttp(address, PORT, INTERVAL_MILLISECONDS / 2)));
    const before = this.#path;
    this.#path = afterHealth(
      before,
      answers.some((answer) => answer?.status === 200),
      now(),
    );
    if (this.#path.isHealthy === before.isHealthy) return;
    await this.#write();
    log.warn({ healthy: this.#path.isHealthy }, "kube-proxy's health on this node changed");
  }

  #write(): Promise<void> {
    return writeTrackFile(this.#file, this.#path.isHealthy ? 0 : 1);
  }

  #failed(error: Error): void {
    this.#context.log.warn({ error: error.message }, 'kube-proxy could not be asked');
  }
}
