/** Whether the dashboard shows a failover of a real cluster, from its first second to its cause. Every figure is printed. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { lane, openBrowser, openPage, whyNoBrowser } from '../browser/browser.ts';
import { type DashboardProcess, startDashboard } from '../browser/dashboard-process.ts';
import { labUnderTest, PLUGIN, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const whyNot = whyNoLab ?? whyNoBrowser;

describe.skipIf(whyNot !== undefined)(`the dashboard of a cluster${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`, () => {
  let lab: Lab;
  let browser: Browser;
  let dashboard: DashboardProcess;
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    browser = await openBrowser();
    dashboard = await startDashboard([PLUGIN], lab.kubeconfig);
  });
  afterAll(async () => {
    await browser?.close();
    dashboard?.kill();
    for (const node of lab?.nodes ?? []) await lab.heal(node);
  });

  it('shows that an address leaves a node without power, where it arrives, why, and that it returns to its preferred node', async () => {
    const owner = await soleHolder(lab, VIP);
    const { page, faults } = await openPage(browser, dashboard.address);
    const chip = (node: string) => lane(page, node).locator('.chip', { hasText: VIP });
    await chip(owner).waitFor();
    const incidents = () => page.locator('.incident').allTextContents();
    const before = new Set(await incidents());

    const begun = performance.now();
    await lab.fail(owner, 'power-off');
    await chip(owner).waitFor({ state: 'hidden', timeout: 60_000 });
    const left = performance.now() - begun;
    const next = await soleHolder(lab, VIP);
    expect(next).not.toBe(owner);
    await chip(next).waitFor({ timeout: 60_000 });
    const arrived = performance.now() - begun;
    const isLoss = (text: string): boolean => /node fell silent.*without an owner/.test(text);
    // Where two nodes take it over in the same moment it goes by way of the one that gives way.
    const lossIn = (texts: readonly string[]): string | undefined =>
      texts.find((text) => {
        const by = lab.nodes.find((node) => text.includes(`${owner} → ${node}`));
        return isLoss(text) && by !== undefined && (by === next || texts.some((other) => other.includes(`${by} → ${next}`)));
      });
    const incident = await lab.waitFor(
      'the page tells of the move',
      async () => {
        const texts = (await incidents()).filter((text) => !before.has(text));
        return lossIn(texts) ?? Promise.reject(new Error(`the page tells ${texts.join('; ')}`));
      },
      60_000,
    );
    console.log(
      `\n  ${owner} lost its power: the page saw ${VIP} leave after ${(left / 1000).toFixed(1)} s, on ${next} after ${(arrived / 1000).toFixed(1)} s; ${incident}\n`,
    );

    await lab.heal(owner);
    await settled(lab, 120_000);
    await chip(await soleHolder(lab, VIP)).waitFor({ timeout: 30_000 });
    expect(faults).toEqual([]);
    expect(await dashboard.end()).toBe(0);
  });
});
