import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Exit status; null when the program could not be started, was ended by a signal or took too long. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the agent runs a program; handed in, so that tests can answer for it. */
export type RunCommand = (file: string, args: readonly string[], milliseconds: number) => Promise<CommandResult>;

/** Runs a program without a shell and never rejects; after so many milliseconds it is killed. */
export const runCommand: RunCommand = (file, args, milliseconds) =>
  new Promise((resolve) => {
    const options = { timeout: milliseconds, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(file, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ status, stdout, stderr: stderr || (status === null ? String(error?.message ?? '') : '') });
    });
  });
