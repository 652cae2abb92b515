import { isMac } from '../mac.ts';

/** What the asker heard in one round of questions. */
export interface Round {
  readonly number: number;
  /** Link-layer addresses of the hosts that answered, by the address that was asked for; lower case, sorted. */
  readonly macsOf: ReadonlyMap<string, readonly string[]>;
  /** Why nothing could be asked, in the words of the first program that says so; absent where all is well. */
  readonly trouble?: string;
}

/** The round in what the asker wrote; null where it is none. */
export function roundIn(text: string): Round | null {
  const [first = '', ...parts] = text.split(/^==> /m);
  const number = /^asked (\d{1,15})\n/.exec(first)?.[1];
  if (number === undefined) return null;
  const trouble = text.split('\n').find((line) => TROUBLE.test(line));
  return { number: Number(number), macsOf: new Map(parts.flatMap(answersIn)), ...(trouble !== undefined && { trouble }) };
}

// --- internal ---

/** Of arping, and of ndisc6. */
const ANSWER = /^(?:(?:Unicast|Broadcast) reply from \S+ \[|Target link-layer address: )([\da-f:]{17})/i;
const TROUBLE = /not permitted|not found|denied/i;

function answersIn(part: string): [address: string, macs: readonly string[]][] {
  const [heading = '', ...lines] = part.split('\n');
  const address = /^(\S+) <==$/.exec(heading)?.[1];
  if (address === undefined) return [];
  const macs = lines.flatMap((line) => ANSWER.exec(line)?.[1]?.toLowerCase() ?? []).filter(isMac);
  return [[address, [...new Set(macs)].sort()]];
}
