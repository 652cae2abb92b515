/** Debian's Chromium, and pages in it as somebody sees them. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/** Why no page can be looked at on this machine, or undefined; it stands in the names of the skipped tests. */
export const whyNoBrowser: string | undefined = CHROMIUM === undefined ? 'there is no Chromium: apt-get install chromium' : undefined;

export interface Opened {
  readonly page: Page;
  /** What goes wrong in it: exceptions, errors on its console, and whatever it asks another host for. */
  readonly faults: readonly string[];
}

export function openBrowser(): Promise<Browser> {
  // In a container tests are often root's, for whom Chromium has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: [...args, '--disable-gpu', '--disable-dev-shm-usage'] });
}

/** Opens an address in a window that knows of no other. What is seen to move there is in the page's `flights`. */
export async function openPage(browser: Browser, address: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.addInitScript(recordFlights);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => new URL(request.url()).hostname === '127.0.0.1' || faults.push(`asked for ${request.url()}`));
  await page.goto(address, { waitUntil: 'commit' });
  return { page, faults };
}

/** A node on the dashboard's board. */
export const lane = (page: Page, node: string): Locator => page.getByRole('article', { name: `node ${node}`, exact: true });

// --- internal ---

/** Runs in the page: what is seen to go from one place to another, by address. */
function recordFlights(): void {
  const flights: string[] = [];
  Object.assign(globalThis, { flights });
  const { prototype } = (globalThis as unknown as { Element: { prototype: Record<'animate', (...parameters: unknown[]) => unknown> } })
    .Element;
  const { animate } = prototype;
  prototype.animate = function (this: { dataset: { flies?: string } }, ...parameters: unknown[]) {
    flights.push(this.dataset.flies ?? '');
    return animate.apply(this, parameters);
  };
}
