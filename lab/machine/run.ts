import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** How a command is run; everything is optional. */
export interface RunOptions {
  /** File that gets the command line and all it prints, appended. */
  readonly log?: string;
  /** Text for its standard input; without it the command reads an empty one. */
  readonly input?: string;
  /** Added to this process's environment; `undefined` removes a name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Milliseconds after which the command is ended and `run` fails. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** A non-zero exit status is an answer, not an error. */
  readonly allowFailure?: boolean;
  /** Called for each line that it prints, on either stream, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; 128 + n when signal n ended it, as a shell counts. */
  readonly code: number;
}

/** The form of `run`, so that a test can stand in for the machine. */
export type Run = (command: readonly string[], options?: RunOptions) => Promise<RunResult>;

/** A command that could not be started, was ended, or came back with a status other than 0. */
export class RunFailed extends Error {
  readonly command: readonly string[];
  readonly code: number | undefined;
  readonly stderr: string;

  constructor(command: readonly string[], why: string, result: { readonly code?: number; readonly stderr?: string } = {}) {
    const said = lastLines(result.stderr ?? '', 5);
    super(`\`${shown(command)}\` ${why}${said === '' ? '' : `:\n${said}`}`);
    this.name = 'RunFailed';
    this.command = command;
    this.code = result.code;
    this.stderr = result.stderr ?? '';
  }
}

/**
 * Runs a command without a shell and gives what it printed. Throws `RunFailed`, which names the command, its status and the end of
 * its standard error, unless `allowFailure`; a command that can't be started or that ran out of time always throws.
 */
export const run: Run = (command, options = {}) =>
  new Promise((resolve, reject) => {
    const [program = '', ...parameters] = command;
    const child = spawn(program, parameters, {
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    if (options.log !== undefined) appendFileSync(options.log, `$ ${shown(command)}\n`);
    const stdout = collect(child.stdout, options);
    const stderr = collect(child.stderr, options);
    const ending = endOnDemand(child, options);
    child.stdin.on('error', () => {}); // The command may end without reading its input: its status tells what that means.
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      ending.settle();
      reject(new RunFailed(command, cannotStart(error, options.cwd)));
    });
    child.once('close', (status, signal) => {
      ending.settle();
      const result = { stdout: stdout(), stderr: stderr(), code: exitCode(status, signal) };
      if (ending.reason() !== undefined) reject(new RunFailed(command, ending.reason() ?? '', result));
      else if (result.code === 0 || options.allowFailure) resolve(result);
      else reject(new RunFailed(command, signal === null ? `exited with status ${status}` : `was ended by ${signal}`, result));
    });
  });

/** The last `count` lines of a text that are not empty. */
export function lastLines(text: string, count: number): string {
  const lines = text.split(/\r?\n|\r/).filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}

// --- internal ---

type Child = ReturnType<typeof spawn>;

/** A command that ignores the polite request is killed after this. */
const GRACE_MS = 2000;
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

function collect(stream: NodeJS.ReadableStream, options: RunOptions): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (options.log !== undefined) appendFileSync(options.log, chunk);
  });
  if (options.onLine !== undefined) createInterface({ input: stream }).on('line', options.onLine);
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Ends the child when its time is over or the caller's signal fires, and remembers why. */
function endOnDemand(child: Child, options: RunOptions): { settle(): void; reason(): string | undefined } {
  let why: string | undefined;
  let grace: NodeJS.Timeout | undefined;
  const end = (reason: string): void => {
    why ??= reason;
    child.kill('SIGTERM');
    grace ??= setTimeout(() => {
      child.kill('SIGKILL');
      // A grandchild that inherited the pipes would keep them open for ever.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, GRACE_MS);
  };
  const abort = (): void => end('was called off');
  const { timeoutMs, signal } = options;
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end(`did not finish within ${timeoutMs / 1000} s`), timeoutMs);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    settle() {
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
    },
    reason: () => why,
  };
}

function cannotStart(error: NodeJS.ErrnoException, cwd: string | undefined): string {
  if (error.code !== 'ENOENT') return `could not be started: ${error.message}`;
  return `could not be started: no such program on PATH${cwd === undefined ? '' : `, or no folder ${cwd}`}`;
}

const exitCode = (status: number | null, signal: NodeJS.Signals | null): number => status ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);

const shown = (command: readonly string[]): string => {
  const line = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
};
