import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { type KeyPair, selfSigned } from './self-signed.ts';

export interface ServingCertificateOptions {
  /** Holds `tls.crt` and `tls.key`, as a mounted Secret of type `kubernetes.io/tls` does. Undefined: a certificate of our own. */
  readonly folder: string | undefined;
  /** DNS names of a certificate of our own. */
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each reading. */
  readonly observe?: (succeeded: boolean) => void;
}

/** Milliseconds between two looks at the folder, and at the clock. */
const LOOK_EVERY = 10_000;
/** Milliseconds before and after the moment at which a certificate of our own was made, of the hour and the ten years for which it is valid. */
const USED = { before: 30 * 60_000, after: 5 * 365.25 * 24 * 3_600_000 };

/** The certificate of a TLS server: read again when it was renewed; one of our own made anew when the clock was set to where it isn't valid. */
export class ServingCertificate {
  readonly #options: ServingCertificateOptions;
  #current: KeyPair;
  /** When that of our own was made, in milliseconds since 1970. */
  #made: number;

  /** @throws Error when the folder holds no certificate with its key */
  constructor(options: ServingCertificateOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#made = now.getTime();
    this.#current = options.folder === undefined ? selfSigned(options.names, now) : readPair(options.folder);
    if (options.folder !== undefined) options.observe?.(true);
  }

  get current(): KeyPair {
    return this.#current;
  }

  /** Tells of each renewal until the signal aborts; what can't be read or doesn't fit leaves the one before in place. */
  async follow(onRenewed: (pair: KeyPair) => void, signal: AbortSignal): Promise<void> {
    const { folder, clock } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY, signal);
      if (signal.aborted) return;
      if (folder === undefined) this.#lookAtClock(onRenewed);
      else this.#look(folder, onRenewed);
    }
  }

  #lookAtClock(onRenewed: (pair: KeyPair) => void): void {
    const { clock, names, log } = this.#options;
    const now = clock.now();
    const age = now.getTime() - this.#made;
    if (age > -USED.before && age < USED.after) return;
    this.#made = now.getTime();
    this.#current = selfSigned(names, now);
    onRenewed(this.#current);
    log.info({}, 'the certificate of the metrics was made anew, because the clock was set');
  }

  #look(folder: string, onRenewed: (pair: KeyPair) => void): void {
    const { log, observe } = this.#options;
    try {
      const pair = readPair(folder);
      if (pair.cert === this.#current.cert && pair.key === this.#current.key) return;
      this.#current = pair;
      onRenewed(pair);
      observe?.(true);
      log.info({ folder }, 'the certificate of the metrics was renewed');
    } catch (error) {
      observe?.(false);
      log.warn({ folder, err: error }, 'the certificate of the metrics cannot be read, the one before stays');
    }
  }
}

// --- internal ---

/** Reads both and makes sure that they belong together. */
function readPair(folder: string): KeyPair {
  const [cert, key] = ['tls.crt', 'tls.key'].map((file) => readFileSync(join(folder, file), 'utf8'));
  const pair = { cert: cert ?? '', key: key ?? '' };
  createSecureContext(pair);
  return pair;
}
