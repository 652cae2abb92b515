import { open, rename, rm, writeFile } from 'node:fs/promises';

/** A file of the pod that could not be written, mostly for want of room. */
export class NotWritten extends Error {
  readonly file: string;
  readonly code: string;

  constructor(file: string, cause: NodeJS.ErrnoException) {
    super(`could not write ${file}: ${cause.message}`, { cause });
    this.file = file;
    this.code = cause.code ?? cause.message;
  }
}

/**
 * Writes a whole file that only this user may read. What there is no room for leaves nothing behind.
 * @param target - the file that it is to become, by which a failure is known
 * @throws NotWritten
 */
export async function writeWhole(file: string, text: string, target = file): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    await leave(file);
    throw new NotWritten(target, error as NodeJS.ErrnoException);
  }
}

/** Replaces a file in one step, or where there is no room for another one the few bytes in it. @throws NotWritten */
export async function replaceShort(file: string, text: string): Promise<void> {
  try {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  } catch (error) {
    await leave(`${file}.new`);
    await overwrite(file, text).catch(() => {
      throw new NotWritten(file, error as NodeJS.ErrnoException);
    });
  }
}

// --- internal ---

/** Where nothing can be written, nothing can be removed either, and why it was not written is what matters. */
const leave = (file: string): Promise<void> => rm(file, { force: true }).catch(() => undefined);

/** In a page that the file has: who reads it is told when it is closed. */
async function overwrite(path: string, text: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(text, 0);
  await file.truncate(Buffer.byteLength(text));
}
