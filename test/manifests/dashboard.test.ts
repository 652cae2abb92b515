/** The dashboard in a real browser: a failover from its first second to its cause, and 5,000 addresses. `UPDATE=1` takes the documentation's pictures. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lane, type Opened, whyNoBrowser } from '../browser/browser.ts';
import { contrasts } from '../browser/contrast.ts';
import { aDashboardCluster, aRefusedService, taken } from '../builders/dashboard-cluster.ts';
import { Stage } from './dashboard-stage.ts';

const stage = new Stage();
const opened: Opened[] = [];
const open = async (...parameters: Parameters<Stage['page']>): Promise<Page> => {
  const one = await stage.page(...parameters);
  opened.push(one);
  return one.page;
};

/** A picture for docs/images, as far as pictures are asked for. The port of the API server is another one each time. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE !== '1') return;
  await page.locator('.cluster').evaluate((element: { textContent: string }) => {
    element.textContent = 'production, 192.0.2.10:6443';
  });
  await page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished))');
  await page.screenshot({ path: `docs/images/dashboard-${name}.png` });
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    "document.activeElement.dataset.stop ?? document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
  );

describe.skipIf(whyNoBrowser !== undefined)(
  `the dashboard in a browser${whyNoBrowser === undefined ? '' : ` (skipped: ${whyNoBrowser})`}`,
  () => {
    beforeAll(() => stage.start());
    afterAll(() => stage.stop());
    afterEach(async () => {
      for (const { page } of opened) await page.context().close();
      const faults = opened.splice(0).flatMap(({ faults: found }) => found);
      expect(faults).toEqual([]);
    });

    it('shows a failover from its first second to its cause, and says when the command ends', async () => {
      const cluster = aDashboardCluster(3, 20);
      await stage.holds(cluster);
      const { address, end } = await stage.dashboard();
      const [page, dark] = [await open(address), await open(address, 'dark')];
      const own = cluster.virtualIPs.filter(({ status }) => status?.node === 'node1').map(({ spec }) => spec.address);
      const [one = ''] = own;

      await page.getByText('All 20 addresses have one owner each.').waitFor();
      expect(await lane(page, 'node1').locator('.chip .address').allTextContents()).toEqual(own);

      // The first second: nobody has them.
      await stage.hearsOfNode('node1', { conditions: [{ type: 'Ready', status: 'Unknown' }] });
      for (const name of own)
        await stage.hears(name, ({ status: { node: _, ...rest } = {} }) => ({ ...rest, state: 'NoOwner', since: '2026-01-02T04:00:00Z' }));
      await page.getByText('7 of 20 addresses have no owner.').waitFor();
      const alarm = page.getByRole('alert');
      expect(await alarm.locator('.name').textContent()).toBe('7 addresses on no node');
      expect(await alarm.locator('.chip .address').allTextContents()).toEqual(own);
      expect(await lane(page, 'node1').textContent()).toContain('node1 is not Ready, and gives its addresses up');
      expect((await page.getByRole('row').nth(1).textContent()) ?? '').toContain('no owner');
      await picture(page, 'outage-light');

      // Then others do.
      for (const [index, name] of own.entries()) {
        const withoutOwner = { atLeastMilliseconds: 600, atMostMilliseconds: 900 + index, by: 'LastAdvert' } as const;
        const move = {
          time: `2026-01-02T04:00:01.10${index}Z`,
          cause: 'NodeSilent',
          message: 'node1 does not answer, and no advert of it came',
        } as const;
        await stage.hears(name, (before) => taken(before, { ...move, to: index % 2 === 0 ? 'node2' : 'node3', withoutOwner }));
      }
      await stage.groupHears(cluster);
      await page.getByText('All 20 addresses have one owner each.').waitFor();
      await expect.poll(() => alarm.count()).toBe(0);
      const came = lane(page, 'node2').locator('.chip', { hasText: one });
      expect(await came.textContent()).toContain('← node1');
      expect(await lane(page, 'node1').locator('.ghost').first().textContent()).toBe(`${one}→ node2`);
      // Each went twice: to where nobody has it, and on.
      expect(await page.evaluate('flights.toSorted()')).toEqual([...own, ...own].toSorted());
      await page.waitForFunction("document.querySelector('.moves .what')?.textContent === 'node fell silent · 7 addresses'");

      // The cause, by keyboard.
      await page.locator('.incident').first().focus();
      await page.keyboard.press('Enter');
      const detail = page.getByRole('region', { name: 'Details of Move' });
      expect(await detail.textContent()).toContain('node1 does not answer, and no advert of it came');
      expect(await detail.textContent()).toContain('without an owner 0.6 to 0.91 s');
      await dark.locator('.incident').first().click();
      await picture(dark, 'cause-dark');
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toContain('NodeSilent from node1');

      // One address: what the network says, and its journal.
      await came.click();
      const facts = page.getByRole('region', { name: `Details of ${one}` });
      await facts.getByText(`the node that owns ${one} answers for it on the network`).waitFor();
      expect(await facts.locator('.trace .journey').allTextContents()).toEqual(['node1 → node2', 'to node1']);
      await page.keyboard.press('Escape');
      expect([await contrasts(page), await contrasts(dark)]).toEqual([[], []]);

      expect(await end()).toBe(0);
      await page.getByText('ended: the command was stopped').waitFor();
    });

    it('tells by simulation where addresses would go, and is used by keyboard alone', async () => {
      const cluster = aDashboardCluster(3, 20);
      await stage.holds(cluster);
      await stage.creates(aRefusedService('AddressConflict', '192.0.2.208 belongs to shop/orders-7; <img src=x onerror=alert(1)> is text'));
      const { address } = await stage.dashboard();
      const page = await open(address);
      await page.getByText('All 20 addresses').waitFor();

      const stops: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        await page.keyboard.press('Tab');
        stops.push(await focused(page));
        expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      }
      expect(stops).toEqual([
        '',
        'node node1',
        'Addresses, arrows go from row to row, Enter opens one',
        expect.stringContaining('FirstElection'),
        'What is refused or wrong',
      ]);
      expect(await page.getByRole('list', { name: 'What is refused or wrong' }).textContent()).toContain(
        '<img src=x onerror=alert(1)> is text',
      );

      await page.locator('[data-stop="node node1"]').focus();
      await page.keyboard.press('ArrowRight');
      expect(await focused(page)).toBe('node node2');
      await page.keyboard.press('ArrowDown');
      expect(await focused(page)).toBe('address 192.0.2.203');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('node2');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('What if node2 goes?');
      await page.keyboard.press('Enter');
      await page.getByText('Without node2: 7 of 20 addresses move, 13 stay.').waitFor();
      expect(await lane(page, 'node2').textContent()).toContain('gone in the simulation');
      expect(await page.getByRole('table').locator('tbody tr').allTextContents()).toEqual(['node1710', 'node27gone', 'node3610']);
      await picture(page, 'simulation-light');

      // The other two are down: nothing is left to go to.
      for (const name of ['node1', 'node3']) await stage.hearsOfNode(name, { conditions: [{ type: 'Ready', status: 'False' }] });
      await page.getByRole('button', { name: 'What if node2 goes?' }).press('Enter');
      await page.getByText('Without node2: 0 of 20 addresses move, 7 have no node left, 13 stay.').waitFor();
      expect(await page.locator('.trace [data-lost="true"]').allTextContents()).toEqual(
        Array.from({ length: 7 }, () => expect.stringMatching(/→ nowhere.*no other node of the group is there and Ready/)),
      );
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toBe('node node2');

      await page.keyboard.press('/');
      await page.keyboard.type('mail gateway');
      await expect.poll(() => page.locator('.rows .row').count()).toBe(1);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('.rows .row').count()).toBe(20);
    });

    it('shows 5,000 addresses within a second of processor time, and a failover among them', async () => {
      const cluster = aDashboardCluster(40, 5000, '198.18');
      await stage.holds(cluster);
      const { address } = await stage.dashboard();
      const dark = await open(address, 'dark');
      await dark.getByText('All 5,000 addresses have one owner each.').waitFor();

      const page = await open('about:blank');
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      const begun = performance.now();
      await page.goto(address, { waitUntil: 'commit' });
      await page.getByText('All 5,000 addresses have one owner each.').waitFor();
      const wall = performance.now() - begun;
      const { metrics } = await session.send('Performance.getMetrics');
      const { TaskDuration: busy = 0, Nodes: elements = 0 } = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
      console.log(
        `5,000 addresses: usable after ${wall.toFixed(0)} ms, of which the page computed ${(busy * 1000).toFixed(0)} ms; ${elements} DOM nodes`,
      );
      expect(busy).toBeLessThan(1);
      expect(elements).toBeLessThan(3000);

      await page.getByRole('grid').focus();
      await page.keyboard.press('End');
      await page.locator('#row-4999').waitFor();
      await page.keyboard.press('Home');
      await page.getByRole('grid').blur();

      const own = cluster.virtualIPs.filter(({ status }) => status?.node === 'node7').map(({ spec }) => spec.address);
      await stage.hearsOfNode('node7', { conditions: [{ type: 'Ready', status: 'Unknown' }] });
      const move = { cause: 'NodeSilent', message: 'node7 does not answer, and no advert of it came' } as const;
      for (const [index, name] of own.entries()) {
        if (index >= 120)
          await stage.hears(name, ({ status: { node: _, ...rest } = {} }) => ({
            ...rest,
            state: 'NoOwner',
            since: '2026-01-02T04:00:00Z',
          }));
        else {
          const withoutOwner = { atLeastMilliseconds: 600, atMostMilliseconds: 900 + index, by: 'LastAdvert' } as const;
          const time = `2026-01-02T04:00:01.${100 + index}Z`;
          await stage.hears(name, (before) => taken(before, { ...move, time, to: `node${8 + (index % 6)}`, withoutOwner }));
        }
      }
      for (const one of [page, dark]) await one.getByText('5 of 5,000 addresses have no owner.').waitFor();
      await page.waitForFunction("document.querySelector('.moves .what')?.textContent === 'node fell silent · 120 addresses'");
      expect(await lane(page, 'node7').locator('.badge').first().textContent()).toBe('−125 just left');
      await picture(page, '5000-light');
      await picture(dark, '5000-dark');
      await page.getByRole('button', { name: '5 no owner' }).click();
      await expect.poll(() => page.locator('.rows .row').count()).toBe(5);
    });
  },
);
