import type { Problem } from '../../localise/problem.ts';
import type { FileNotWritten } from '../facts.ts';

export interface Room {
  readonly notWritten: FileNotWritten | null;
  /** The first of those that say whether a Service has endpoints here. */
  readonly trackFile: FileNotWritten | null;
  readonly isCut: boolean;
}

export interface Place {
  readonly node: string;
  readonly pod: string;
  readonly dumpDir: string;
}

/** What could not be written, mostly for want of room in the memory that the pod's containers share. */
export function roomProblems({ notWritten, trackFile, isCut }: Room, place: Place): Problem[] {
  const problems: Problem[] = [];
  const add = (message: string): void => void problems.push({ reason: 'NotWritten', message });
  if (notWritten !== null && notWritten.file !== trackFile?.file) add(sentence(notWritten, 'what it runs', place));
  if (trackFile !== null) add(sentence(trackFile, 'what it knew of the endpoints of the Service', place));
  if (isCut)
    add(
      `keepalived on node ${place.node} goes on, and has no room in ${place.dumpDir} to say what it runs; ${makeRoom(place.dumpDir, place)}`,
    );
  return problems;
}

// --- internal ---

const FULL = ['ENOSPC', 'EDQUOT'];

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

function sentence({ file, code }: FileNotWritten, goesOnWith: string, place: Place): string {
  const { found, cure } = whatOf(file, code, place);
  return `node ${place.node} ${found}, so keepalived goes on with ${goesOnWith}; ${cure}`;
}

function whatOf(file: string, code: string, place: Place): { found: string; cure: string } {
  const folder = folderOf(file);
  if (FULL.includes(code)) return { found: `has no room for ${file} (${code})`, cure: makeRoom(folder, place) };
  const successor = `delete the pod ${place.pod}, whose successor gets new folders`;
  if (code === 'EROFS')
    return {
      found: `can not write ${file}, because the folder is read-only (${code})`,
      cure: `${successor}, or make ${folder} writable: ${AGAIN}`,
    };
  return { found: `can not write ${file} (${code})`, cure: `look at the kernel log of the node, and ${successor}: ${AGAIN}` };
}

const AGAIN = 'the agent tries again every few seconds';

const makeRoom = (folder: string, { pod }: Place): string =>
  `make room in ${folder}, which is memory of the node, or delete the pod ${pod}: ${AGAIN}`;
