import type { Problem } from '../../localise/problem.ts';
import type { FileNotWritten } from '../facts.ts';

export interface Room {
  readonly notWritten: FileNotWritten | null;
  readonly isCut: boolean;
}

export interface Place {
  readonly node: string;
  readonly pod: string;
  readonly dumpDir: string;
}

/** What there is no room for in the memory that the pod's containers share. */
export function roomProblems({ notWritten, isCut }: Room, place: Place): Problem[] {
  const problems: Problem[] = [];
  if (notWritten !== null) {
    const { file, code } = notWritten;
    problems.push({
      reason: 'NotWritten',
      message: `node ${place.node} ${FULL.includes(code) ? 'has no room for' : 'can not write'} ${file} (${code}), so keepalived goes on with what it runs; ${cure(folderOf(file), place)}`,
    });
  }
  if (isCut)
    problems.push({
      reason: 'NotWritten',
      message: `keepalived on node ${place.node} goes on, and has no room in ${place.dumpDir} to say what it runs; ${cure(place.dumpDir, place)}`,
    });
  return problems;
}

// --- internal ---

const FULL = ['ENOSPC', 'EDQUOT'];

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

const cure = (folder: string, { pod }: Place): string =>
  `make room in ${folder}, which is memory of the node, or delete the pod ${pod}: the agent tries again every few seconds`;
