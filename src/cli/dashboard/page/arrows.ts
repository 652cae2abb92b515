import { useLayoutEffect, useRef } from 'preact/hooks';

const DIRECTIONS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Makes all elements with `data-stop` in a container one stop of the tab key: arrows go to the nearest in their direction, Home and End to the first
 * and the last.
 */
export function useArrows<T extends HTMLElement>() {
  const container = useRef<T>(null);
  const current = useRef<string | undefined>(undefined);
  const stops = (): HTMLElement[] => [...(container.current?.querySelectorAll<HTMLElement>('[data-stop]') ?? [])];
  useLayoutEffect(() => {
    const all = stops();
    const chosen = all.find(({ dataset }) => dataset.stop === current.current) ?? all[0];
    for (const one of all) one.tabIndex = one === chosen ? 0 : -1;
  });
  const onFocusIn = ({ target }: FocusEvent): void => {
    const stop = (target as HTMLElement).closest<HTMLElement>('[data-stop]');
    if (stop === null) return;
    current.current = stop.dataset.stop;
    for (const one of stops()) one.tabIndex = one === stop ? 0 : -1;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextOf(event.key, stops(), event.target as HTMLElement);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return { ref: container, onFocusIn, onKeyDown };
}

// --- internal ---

function nextOf(key: string, all: readonly HTMLElement[], from: HTMLElement): HTMLElement | undefined {
  if (key === 'Home') return all[0];
  if (key === 'End') return all.at(-1);
  const direction = DIRECTIONS[key];
  return direction && nearest(all, from, direction);
}

/** What is off the way counts three times, and more off the way than along it is none. */
function nearest(all: readonly HTMLElement[], from: HTMLElement, [x, y]: readonly [number, number]): HTMLElement | undefined {
  const start = centre(from);
  let best: { readonly one: HTMLElement; readonly cost: number } | undefined;
  for (const one of all) {
    if (one === from) continue;
    const end = centre(one);
    const [dx, dy] = [end.x - start.x, end.y - start.y];
    const along = dx * x + dy * y;
    const off = Math.abs(dx * y + dy * x);
    if (along < 2 || off > along) continue;
    const cost = along + 3 * off;
    if (best === undefined || cost < best.cost) best = { one, cost };
  }
  return best?.one;
}

function centre(element: HTMLElement): { readonly x: number; readonly y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + Math.min(width, 120) / 2, y: top + height / 2 };
}
