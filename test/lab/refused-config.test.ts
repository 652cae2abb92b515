/** A configuration that keepalived refuses reaches every node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { GROUP, labUnderTest, lossText, lossWhile, NAMESPACE, reportOf, service, settled, VIP, whyNoLab } from './lab-under-test.ts';

let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a configuration that is refused${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await verbatim(null);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'refused', '--ignore-not-found']);
    await settled(lab);
  });

  it('leaves every VIP where it is, and the condition names node, line and message', async () => {
    const transitions = await transitionsOf(VIP);
    const loss = await lossWhile(lab, VIP, async () => {
      await verbatim({ vrrp_garp_master_repeat: 'many' });
      const message = await lab.waitFor('the group says that its nodes refuse it', refusal, 60_000);
      console.log(message);
      for (const node of lab.nodes) expect(message).toContain(node);
      expect(message).toMatch(/line \d+/);
      expect(message).toContain('vrrp_garp_master_repeat');
      for (const node of lab.nodes) {
        const report = await reportOf(lab, node);
        expect(report?.config.refused?.lines.join()).toContain('vrrp_garp_master_repeat many');
        expect(report?.daemon.running).toBe(true);
      }
    });
    console.log(`while a refused configuration was on every node: ${lossText(loss)}`);
    expect(loss.lost).toBe(0);
    expect(await transitionsOf(VIP)).toEqual(transitions);
  });

  it('is followed by the next good one', async () => {
    await verbatim(null);
    await lab.apply(service('refused', '192.0.2.207'));
    await settled(lab);
    expect(await lab.holders('192.0.2.207')).toHaveLength(1);
  });
});

// --- internal ---

const verbatim = (lines: Readonly<Record<string, string>> | null): Promise<string> =>
  lab.kubectl([
    'patch',
    'keepalivedgroup',
    '-n',
    NAMESPACE,
    GROUP,
    '--type=merge',
    `--patch=${JSON.stringify({ spec: { verbatimConfig: lines } })}`,
  ]);

async function refusal(): Promise<string> {
  const { status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
  const available = status.conditions.find(({ type }: { type: string }) => type === 'UpToDate');
  if (available.status !== 'False' || !lab.nodes.every((node) => available.message.includes(`${node}: `)))
    throw new Error(available.message);
  return available.message;
}

/** Times of the last transition of the instance that carries the address, on each node. */
async function transitionsOf(address: string): Promise<(string | undefined)[]> {
  const reports = await Promise.all(lab.nodes.map((node) => reportOf(lab, node)));
  return reports.map((report) => report?.instances.find(({ addresses }) => addresses.includes(address))?.since);
}
