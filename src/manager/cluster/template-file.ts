import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../telemetry/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { parseTemplate } from '../../template/syntax/parser.ts';
import type { Template } from '../../template/syntax/tree.ts';

/**
 * What is known of the custom template. Without a file there is none. A broken one leaves the last good one in force; `broken` says what is
 * wrong with it, and where. `unusable`: it has been broken since the start.
 */
export type CustomTemplate =
  | { readonly kind: 'none' }
  | { readonly kind: 'usable'; readonly template: Template; readonly broken?: string }
  | { readonly kind: 'unusable'; readonly broken: string };

export interface TemplateFileOptions {
  /** Undefined: there is no custom template. */
  readonly file: string | undefined;
  /** Called when what is known has changed. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks at the file when no event comes. */
const LOOK = 10_000;
/** Milliseconds for what belongs together, such as kubelet's swap of a whole mount. */
const SETTLE = 50;

/** The file of the custom template: read at the start and whenever it changes, as a mounted ConfigMap does. */
export class TemplateFile {
  readonly #options: TemplateFileOptions;
  /** The text, or why there is none. */
  #last: unknown;
  #current: CustomTemplate = { kind: 'none' };

  constructor(options: TemplateFileOptions) {
    this.#options = options;
  }

  get current(): CustomTemplate {
    return this.#current;
  }

  /** Reads the file now. */
  async look(): Promise<void> {
    const { file, onChange } = this.#options;
    if (file === undefined) return;
    const text = await readFile(file, 'utf8').catch((error: unknown) => error);
    if (isSame(text, this.#last)) return;
    this.#last = text;
    this.#current = judged(text, this.#current);
    this.#tell(file);
    onChange();
  }

  /** Follows the file until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { file, clock } = this.#options;
    if (file === undefined) return;
    while (!signal.aborted) {
      const woken = new AbortController();
      // kubelet swaps a link in the file's folder; the file itself is never written.
      const watcher = watchFolder(dirname(file), () => woken.abort());
      await this.look();
      await clock.sleep(LOOK, AbortSignal.any([signal, woken.signal]));
      watcher?.close();
      await clock.sleep(SETTLE, signal);
    }
  }

  #tell(file: string): void {
    const { log } = this.#options;
    const current = this.#current;
    if (current.kind === 'none') log.info({ file }, 'no custom template');
    else if (current.broken === undefined) log.info({ file }, 'custom template read');
    else log.error({ file, problem: current.broken, kept: current.kind === 'usable' }, 'the custom template is broken');
  }
}

// --- internal ---

const isSame = (one: unknown, other: unknown): boolean => one === other || (codeOf(one) !== undefined && codeOf(one) === codeOf(other));
const codeOf = (error: unknown): string | undefined => (error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined);

/** An absent file is how people do without a template; one that can't be read is a broken one. */
function judged(text: unknown, before: CustomTemplate): CustomTemplate {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(text) ?? '')) return { kind: 'none' };
  try {
    if (typeof text !== 'string') throw text;
    return { kind: 'usable', template: parseTemplate(text) };
  } catch (error) {
    const broken = error instanceof Error ? error.message : String(error);
    return before.kind === 'usable' ? { kind: 'usable', template: before.template, broken } : { kind: 'unusable', broken };
  }
}

function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onEvent).on('error', onEvent);
  } catch {
    return undefined;
  }
}
