/** Whether a page can be read: its text against what is behind it, as WCAG 2 measures it. */
import type { Page } from 'playwright-core';

/** Texts whose contrast is below 4.5, with the number. */
export const contrasts = (page: Page): Promise<string[]> => page.evaluate(`(${lowContrasts})()`);

// --- internal ---

interface Elementary {
  readonly parentElement: Elementary | null;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string }>;
  readonly className: string;
  getClientRects(): { readonly length: number };
}

/** Runs in the page. */
function lowContrasts(): string[] {
  const { document, getComputedStyle } = globalThis as unknown as {
    readonly document: { querySelectorAll(selector: string): Iterable<Elementary> };
    getComputedStyle(element: Elementary): { readonly color: string; readonly backgroundColor: string; readonly opacity: string };
  };
  const numbers = (color: string): number[] => color.match(/[\d.]+/g)?.map(Number) ?? [];
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = numbers(color).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Elementary | null): string => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return numbers(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const words = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ textContent }) => textContent.trim());
    if (words.join('') === '' || element.getClientRects().length === 0) return [];
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio < 4.5 ? [`${element.className} ${words.join('')}: ${ratio.toFixed(2)}`] : [];
  });
}
