import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Recent } from '../view/recent.ts';

/** Milliseconds from one node to the other. */
const DURATION = 700;

/** Elements with `data-flies` are seen to go from where they were to where they are, if they have just moved; not for those who want no motion. */
export function useFlight(container: { readonly current: HTMLElement | null }, moved: ReadonlyMap<string, Recent>): void {
  const places = useRef(new Map<string, DOMRect>());
  const shown = useRef(new Map<string, Recent>());
  useLayoutEffect(() => {
    const board = container.current;
    if (board === null) return;
    const origin = board.getBoundingClientRect();
    const wantsMotion = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    const now = new Map<string, DOMRect>();
    for (const element of board.querySelectorAll<HTMLElement>('[data-flies]')) {
      const name = element.dataset.flies ?? '';
      const { x, y, width, height } = element.getBoundingClientRect();
      const place = new DOMRect(x - origin.x, y - origin.y, width, height);
      const before = places.current.get(name);
      const move = moved.get(name);
      if (wantsMotion && before !== undefined && move !== undefined && shown.current.get(name) !== move) fly(element, before, place);
      now.set(name, place);
    }
    places.current = now;
    shown.current = new Map(moved);
  });
}

// --- internal ---

function fly(element: HTMLElement, from: DOMRect, to: DOMRect): void {
  const [x, y] = [from.x - to.x, from.y - to.y];
  element.animate(
    [
      { transform: `translate(${x}px, ${y}px)`, zIndex: 2 },
      { transform: 'none', zIndex: 2 },
    ],
    {
      duration: DURATION,
      easing: 'cubic-bezier(.3, 0, .2, 1)',
    },
  );
}
