import { isMac } from './mac.ts';

/** What the kernel knows of an address on the link. */
export interface Neighbour {
  readonly address: string;
  /** Null where nobody has answered. */
  readonly mac: string | null;
  /** `confirmed`: the host has said so itself, lately. `failed`: it was asked, and nobody answered. */
  readonly state: 'confirmed' | 'known' | 'asked' | 'failed';
}

/** The entries in the output of `ip -json neigh show`; null when it is none. */
export function neighboursIn(text: string): readonly Neighbour[] | null {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return null;
  }
  return Array.isArray(entries) ? entries.flatMap(neighbourIn) : null;
}

// --- internal ---

function neighbourIn(entry: unknown): Neighbour[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { dst, lladdr, state } = entry as Readonly<Record<string, unknown>>;
  const [word] = Array.isArray(state) ? state : [];
  if (typeof dst !== 'string' || typeof word !== 'string') return [];
  const mac = typeof lladdr === 'string' && isMac(lladdr) ? lladdr.toLowerCase() : null;
  if (word === 'FAILED') return [{ address: dst, mac: null, state: 'failed' }];
  if (word === 'INCOMPLETE' || word === 'NONE') return [{ address: dst, mac: null, state: 'asked' }];
  if (mac === null) return [];
  return [{ address: dst, mac, state: word === 'REACHABLE' ? 'confirmed' : 'known' }];
}
