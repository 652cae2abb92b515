import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines } from './run.ts';

/** Shows a long piece of work step by step, with times. Steps may nest and may run side by side. */
export interface Progress {
  /** Runs `work` as a named step and gives its result; throws `StepFailed`, already shown, when it throws. */
  step<T>(title: string, work: (step: Step) => Promise<T>): Promise<T>;
}

/** What a step's work has in hand. */
export interface Step {
  /** Says what is being done right now; the last word stays beside the finished step. */
  say(detail: string): void;
  /** File for what the step's commands print; its end is shown when the step fails. */
  readonly log: string;
}

/** A step's failure; the person at the terminal has seen it, so a program only sets its exit status. */
export class StepFailed extends Error {
  readonly title: string;
  readonly log: string;

  constructor(title: string, log: string, cause: unknown) {
    super(`${title}: ${messageOf(cause)}`, { cause });
    this.name = 'StepFailed';
    this.title = title;
    this.log = log;
  }
}

/** Where progress is written: `process.stderr` or the like. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly out: Output;
  /** Folder for the steps' logs, one file each; made with the first step. */
  readonly logs: string;
  /** Shows failures only. */
  readonly quiet?: boolean;
}

/** On a terminal the running step is a line that moves; elsewhere it is a plain line every ten seconds at most. */
export function createProgress(options: ProgressOptions): Progress {
  const board = new Board(options);
  return {
    async step(title, work) {
      const running = board.begin(title);
      try {
        const result = await work(running);
        board.end(running);
        return result;
      } catch (error) {
        throw board.fail(running, error);
      }
    },
  };
}

/**
 * Progress on a stream, with the logs in a folder of this process's own among the machine's temporary files. It goes when the process ends
 * and no step has failed.
 */
export function progressTo(out: Output, quiet = false): Progress {
  const logs = join(tmpdir(), `keepalived-operator-lab-${process.pid}`);
  const progress = createProgress({ out, quiet, logs });
  const tidy = (): void => rmSync(logs, { recursive: true, force: true });
  process.once('exit', tidy);
  return {
    step: (title, work) =>
      progress.step(title, work).catch((error: unknown) => {
        process.off('exit', tidy);
        throw error;
      }),
  };
}

/** A duration in milliseconds as people say it: `0.3 s`, `42 s`, `8 min 3 s`. */
export function spoken(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

// --- internal ---

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const PLAIN_MS = 10_000;
const TAIL_LINES = 20;
const TITLE_WIDTH = 34;
const CLEAR_LINE = '\r\x1b[2K';

interface Running extends Step {
  readonly title: string;
  readonly since: number;
  detail: string;
  shownAt: number;
}

/** The running steps and the line that stands for them. */
class Board {
  readonly #out: Output;
  readonly #logs: string;
  readonly #quiet: boolean;
  readonly #start = performance.now();
  readonly #running: Running[] = [];
  #count = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ out, logs, quiet = false }: ProgressOptions) {
    this.#out = out;
    this.#logs = logs;
    this.#quiet = quiet;
  }

  begin(title: string): Running {
    const now = performance.now();
    const running: Running = {
      title,
      since: now,
      log: this.#newLog(title),
      detail: '',
      shownAt: now,
      say(detail) {
        running.detail = detail;
      },
    };
    this.#running.push(running);
    if (!this.#quiet) this.#timer ??= setInterval(() => this.#tick(), FRAME_MS).unref();
    return running;
  }

  end(step: Running): void {
    this.#remove(step);
    if (!this.#quiet) this.#print('✓', step, step.detail);
  }

  /** Shows the failure once, at the innermost step, and gives the error to throw on. */
  fail(step: Running, error: unknown): StepFailed {
    this.#remove(step);
    if (error instanceof StepFailed) return error;
    this.#print('✗', step, 'failed');
    const tail = existsSync(step.log) ? lastLines(readFileSync(step.log, 'utf8'), TAIL_LINES) : '';
    const indented = `${messageOf(error)}${tail === '' ? '' : `\nThe end of its log:\n${indent(tail)}`}\nThe whole log: ${step.log}`;
    this.#out.write(`${indent(indented)}\n`);
    return new StepFailed(step.title, step.log, error);
  }

  #newLog(title: string): string {
    mkdirSync(this.#logs, { recursive: true });
    this.#count += 1;
    const name = title
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^-+|-+$/g, '');
    const log = join(this.#logs, `${String(this.#count).padStart(2, '0')}-${name}.log`);
    writeFileSync(log, '');
    return log;
  }

  #remove(step: Running): void {
    this.#running.splice(this.#running.indexOf(step), 1);
    if (this.#running.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #print(mark: string, step: Running, detail: string): void {
    const time = spoken(performance.now() - step.since).padStart(10);
    const line = `${mark} ${step.title.padEnd(TITLE_WIDTH)} ${time}  ${detail}`.trimEnd();
    this.#out.write(this.#out.isTTY ? `${CLEAR_LINE}${line}\n` : `${this.#clock()} ${line}\n`);
  }

  #tick(): void {
    const step = this.#running.at(-1);
    if (step === undefined) return;
    if (this.#out.isTTY) this.#move(step);
    else for (const each of this.#running) this.#remind(each);
  }

  #move(step: Running): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const time = spoken(performance.now() - step.since).padStart(10);
    const line = `${FRAMES[this.#frame]} ${step.title.padEnd(TITLE_WIDTH)} ${time}  ${step.detail}`;
    this.#out.write(`${CLEAR_LINE}${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  #remind(step: Running): void {
    const now = performance.now();
    if (now - step.shownAt < PLAIN_MS) return;
    step.shownAt = now;
    this.#print('…', step, step.detail);
  }

  /** Time since the beginning of it all, as `[12:04]`. */
  #clock(): string {
    const seconds = Math.floor((performance.now() - this.#start) / 1000);
    return `[${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}]`;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const indent = (text: string): string => text.replace(/^/gm, '    ');
