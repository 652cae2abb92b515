/** Two groups on the same nodes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { labUnderTest, NAMESPACE, page, podOn, reportOf, serviceOf, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const SECOND = 'second';
const ADDRESS = '192.0.2.205';
const group = {
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'KeepalivedGroup',
  metadata: { name: SECOND, namespace: NAMESPACE },
  spec: { interface: 'eth0' },
};
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`two groups on the same nodes${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });
  afterAll(async () => {
    await lab.kubectl(['delete', 'service,keepalivedgroup', '-n', NAMESPACE, SECOND, '--ignore-not-found']);
    await settled(lab);
  });

  it('both run on every node, and the manager reaches the agents of each on a port of its own', async () => {
    await lab.apply(group);
    await lab.apply(serviceOf(SECOND, SECOND, [ADDRESS]));
    expect(await page(lab, ADDRESS)).toContain('keepalived');
    const { metricsPort } = await lab.waitFor('the second group is available on every node', availableStatus, 90_000);
    expect(metricsPort).toBe(9651);
    for (const node of lab.nodes) {
      expect(await reportOf(lab, node)).toMatchObject({ group: `${NAMESPACE}/vips`, problems: [] });
      expect(await reportOf(lab, node, 9651)).toMatchObject({ group: `${NAMESPACE}/${SECOND}`, problems: [] });
    }
    await settled(lab);
  });

  it("the end of the second group takes its address away, and leaves the first group's pods and address alone", async () => {
    const owner = await soleHolder(lab, VIP);
    const before = await Promise.all(lab.nodes.map((node) => podOn(lab, node)));
    await lab.kubectl(['delete', 'keepalivedgroup', '-n', NAMESPACE, SECOND]);
    await lab.waitFor(`no host holds ${ADDRESS}`, async () => ((await lab.holders(ADDRESS)).length === 0 ? true : undefined), 60_000);
    await settled(lab);
    const after = await Promise.all(lab.nodes.map((node) => podOn(lab, node)));
    expect(after.map(({ metadata }) => metadata.name)).toEqual(before.map(({ metadata }) => metadata.name));
    expect(await soleHolder(lab, VIP)).toBe(owner);
  });
});

// --- internal ---

interface Status {
  readonly metricsPort?: number;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
}

async function availableStatus(): Promise<Status> {
  const { status = {} } = JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, SECOND, '-o', 'json'])) as {
    status?: Status;
  };
  const available = status.conditions?.find(({ type }) => type === 'UpToDate');
  if (available?.status !== 'True') throw new Error(available?.message ?? 'it has no condition UpToDate');
  return status;
}
