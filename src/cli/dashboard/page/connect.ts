import type { Difference } from '../model/difference.ts';
import type { Facts } from '../model/facts.ts';
import type { Happening } from '../view/screen.ts';

/** Hears what happens from the server, for as long as the page is open; the browser connects anew by itself. */
export function connect(dispatch: (happening: Happening) => void): void {
  const events = new EventSource('events');
  const now = (): number => performance.now();
  events.addEventListener('snapshot', ({ data }) => {
    const { cluster, facts } = JSON.parse(data) as { cluster: string; facts: Facts };
    dispatch({ kind: 'snapshot', cluster, facts, now: now() });
  });
  events.addEventListener('change', ({ data }) => dispatch({ kind: 'change', difference: JSON.parse(data) as Difference, now: now() }));
  events.addEventListener('end', () => {
    events.close();
    dispatch({ kind: 'connection', is: 'ended' });
  });
  // The browser gives up where the address is no longer known: another command serves there now.
  events.addEventListener('error', () => dispatch({ kind: 'connection', is: events.readyState === EventSource.CLOSED ? 'ended' : 'lost' }));
}

/** Asks the server. @returns its answer, or why there is none */
export async function ask<T>(path: string, query: Readonly<Record<string, string>>): Promise<T | { readonly refused: string }> {
  try {
    const response = await fetch(`${path}?${new URLSearchParams(query)}`);
    return response.ok ? ((await response.json()) as T) : { refused: await response.text() };
  } catch {
    return { refused: 'The command kubectl keepalived dashboard does not answer.' };
  }
}
