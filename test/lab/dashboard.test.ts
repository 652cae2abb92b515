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

  it('shows that an address leaves a node without power, where it arrives, why, and that it comes home', async () => {
    const owner = await soleHolder(lab, VIP);
    const { page, faults } = await openPage(browser, dashboard.address);
    const chip = (node: string) => lane(page, node).locator('.chip', { hasText: VIP });
    await chip(owner).waitFor();

    const begun = performance.now();
    await lab.fail(owner, 'power-off');
    await chip(owner).waitFor({ state: 'hidden', timeout: 60_000 });
    const left = performance.now() - begun;
    const next = await soleHolder(lab, VIP);
    expect(next).not.toBe(owner);
    await chip(next).waitFor({ timeout: 60_000 });
    const arrived = performance.now() - begun;
    const move = page.locator('.incident', { hasText: `${owner} → ${next}` }).first();
    await move.waitFor({ timeout: 60_000 });
    expect(await move.textContent()).toMatch(/node fell silent.*without an owner/);
    console.log(
      `\n  ${owner} lost its power: the page saw ${VIP} leave after ${(left / 1000).toFixed(1)} s, on ${next} after ${(arrived / 1000).toFixed(1)} s; ${await move.textContent()}\n`,
    );

    await lab.heal(owner);
    await settled(lab, 120_000);
    await chip(await soleHolder(lab, VIP)).waitFor({ timeout: 30_000 });
    expect(faults).toEqual([]);
    expect(await dashboard.end()).toBe(0);
  });
});
