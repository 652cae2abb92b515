/** keepalived and agent of the owner are killed at once, so that nothing takes its address off. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { labUnderTest, lossText, lossWhile, NAMESPACE, podOn, SharedTime, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

/** Milliseconds: the adverts that a backup waits for, and a restart of the container that waited ten seconds. */
const LONGEST_SHARED = 15_000;
let lab: Lab;

describe.skipIf(whyNoLab !== undefined)(`a crash of both processes${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
  });

  it('leaves the address on exactly one node once the containers run again', async () => {
    const owner = await ownerWhosePodIsNew();
    const shared = new SharedTime(lab, VIP);
    const loss = await lossWhile(lab, VIP, async () => {
      await lab.exec(owner, ['sh', '-c', KILL_BOTH]);
      await lab.waitFor('both containers are started again', () => shared.look(async () => (await restartsOn(owner)) >= 2), 60_000);
      await lab.waitFor('every node serves', () => shared.look(() => settled(lab, 1)), 90_000);
    });
    console.log(`both killed: ${lossText(loss)}; two holders for ${Math.round(shared.longest)} ms at the longest`);
    expect(lab.nodes).toContain(await soleHolder(lab, VIP));
    expect(shared.longest).toBeLessThan(LONGEST_SHARED);
  });
});

// --- internal ---

/** kubelet starts a pod that crashed before later and later. A node that was lost often takes nothing back, so the next owner may be another one. */
async function ownerWhosePodIsNew(): Promise<HostName> {
  for (;;) {
    const owner = await soleHolder(lab, VIP);
    if ((await restartsOn(owner)) === 0) return owner;
    await lab.kubectl(['delete', 'pod', '-n', NAMESPACE, (await podOn(lab, owner)).metadata.name]);
    await settled(lab);
  }
}

const restartsOn = async (node: HostName): Promise<number> =>
  (await podOn(lab, node)).status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);

/**
 * A host has a process table of its own, so that this finds only what runs on it. All are stopped first: a child of keepalived that outlives
 * its parent gives the addresses up.
 */
const KILL_BOTH = `
pids=
for folder in /proc/[0-9]*; do
  case $(tr '\\0' ' ' <"$folder/cmdline" 2>/dev/null) in
    */usr/sbin/keepalived\\ *|*/agent\\ run\\ *) pids="$pids \${folder#/proc/}" ;;
  esac
done
kill -STOP $pids && kill -KILL $pids`;
