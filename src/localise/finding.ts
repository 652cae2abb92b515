import { type Conf, line, type Statement } from '../conf/tree.ts';

/** What is known of a Service's ready endpoints on this node; `unanswered` when whoever knows could not be asked. */
export type Finding = 'endpoints' | 'none' | 'unanswered';

/** What a track file says to keepalived: its value is multiplied with the weight in the configuration. */
export type TrackValue = number;

/**
 * How a check's findings count. By degrees a node that can't be asked comes after those that are known to have endpoints, and before those that
 * are known to have none. Where a node without endpoints lets go of the address altogether (FAULT) there is nothing between: there only what is
 * known to be so counts.
 */
export type Grading = 'degrees' | 'fault';

const VALUES: Readonly<Record<Grading, Readonly<Record<Finding, TrackValue>>>> = {
  degrees: { endpoints: 0, unanswered: 5, none: 10 },
  fault: { endpoints: 0, unanswered: 0, none: 1 },
};

export const trackValue = (finding: Finding, grading: Grading): TrackValue => VALUES[grading][finding];

/** The grading of the checks by the names of their track files. */
export function gradingsIn(conf: Conf): ReadonlyMap<string, Grading> {
  const files = conf.filter(({ keyword, block }) => keyword === 'vrrp_track_file' && block !== undefined);
  return new Map(files.map((file) => [file.words[0] ?? '', hasDegrees(weightIn(file)) ? 'degrees' : 'fault']));
}

/** The lines of a check's track file, with a weight for each degree. */
export function graded(lines: readonly Statement[]): readonly Statement[] {
  return lines.map((one) => {
    const weight = Number(one.words[0]);
    return one.keyword === 'weight' && hasDegrees(weight) ? line('weight', weight / VALUES.degrees.none) : one;
  });
}

// --- internal ---

/** Of -254 and beyond keepalived makes a FAULT, as of a weight of 0. */
const hasDegrees = (weight: number): boolean => weight < 0 && weight > -254 && weight % VALUES.degrees.none === 0;

const weightIn = ({ block = [] }: Statement): number => Number(block.findLast(({ keyword }) => keyword === 'weight')?.words[0] ?? 0);
