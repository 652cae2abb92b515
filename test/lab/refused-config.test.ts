/** A line that keepalived would refuse is given to a group. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { GROUP, labUnderTest, lossText, lossWhile, NAMESPACE, reportOf, service, settled, VIP, whyNoLab } from './lab-under-test.ts';

let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a line that is refused${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await verbatim(null);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'refused', '--ignore-not-found']);
    await settled(lab);
  });

  it('is left out alone: every VIP stays, the condition of the group names the line, and another change arrives', async () => {
    const transitions = await transitionsOf(VIP);
    const loss = await lossWhile(lab, VIP, async () => {
      await verbatim({ vrrp_garp_master_repeat: 'many' });
      console.log(await lab.waitFor('the group says which line it is', refusal, 60_000));
      await lab.apply(service('refused', '192.0.2.207'));
      await settled(lab);
      expect(await lab.holders('192.0.2.207')).toHaveLength(1);
      for (const node of lab.nodes) expect((await reportOf(lab, node))?.config.refused).toBeUndefined();
    });
    console.log(`while a line was refused: ${lossText(loss)}`);
    expect(loss.lost).toBe(0);
    expect(await transitionsOf(VIP)).toEqual(transitions);
  });

  it('is no longer reported once it is removed', async () => {
    await verbatim(null);
    await lab.waitFor('nothing is refused', async () => ((await accepted()).status === 'True' ? true : undefined), 30_000);
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

interface Told {
  readonly status: string;
  readonly message: string;
}

async function accepted(): Promise<Told> {
  const { status } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
  return status.conditions.find(({ type }: { type: string }) => type === 'Accepted');
}

async function refusal(): Promise<string> {
  const { status, message } = await accepted();
  if (status !== 'False' || !message.includes('vrrp_garp_master_repeat')) throw new Error(message);
  return message;
}

/** Times of the last transition of the instance that carries the address, on each node. */
async function transitionsOf(address: string): Promise<(string | undefined)[]> {
  const reports = await Promise.all(lab.nodes.map((node) => reportOf(lab, node)));
  return reports.map((report) => report?.instances.find(({ addresses }) => addresses.includes(address))?.since);
}
