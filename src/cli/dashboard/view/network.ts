/** What the nodes found out on the network, as the page shows it in a word, and each of the three parts. */
export interface NetworkVerdict {
  readonly sign: '✓' | '✕' | '?';
  readonly words: string;
}

const TYPES = ['announced', 'unique', 'reachable'] as const;

/**
 * @param wire - a letter for each of Announced, Unique, Reachable
 * @param isOwned - what was said of an owner does not count any more when there is none
 */
export function networkVerdict(wire: string | undefined, isOwned = true): NetworkVerdict {
  if (wire === undefined) return { sign: '?', words: 'not asked' };
  const [wrong, unknown] = ['F', 'U'].map((letter) => TYPES.filter((_, index) => wire[index] === letter));
  if (wrong?.length) return { sign: '✕', words: `not ${wrong.join(', not ')}` };
  if (!isOwned || unknown?.length === TYPES.length) return { sign: '?', words: 'unknown' };
  if (unknown?.length) return { sign: '?', words: `${unknown.join(', ')}: unknown` };
  return { sign: '✓', words: 'its owner answers' };
}
