/** Whether the conditions of a VirtualIP say who answers for it on the network, and how soon. Every figure is printed. `LAB_WIRE_RUNS`: how often each is tried. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf, CLIENT, type HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Condition } from '../../src/api/core.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { labUnderTest, plugin, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const RUNS = Number(process.env.LAB_WIRE_RUNS ?? 1);
/** Milliseconds in which a verdict is aimed to come; it may take longer on a machine that is busy. */
const AIM = 10_000;
const AT_MOST = 20_000;
/** Verdicts that are false while nothing but failovers happens. */
const TROUBLES = ['StrangerAnswers', 'OtherNodeAnswers', 'NobodyAnswers', 'NoLongerAnswers'];
/** Addresses of the switch that no host has. */
const NOBODY = ['192.0.2.198', '192.0.2.199'];
const figures = new Map<string, number[]>();
let lab: Lab;
/** The stranger says it as long as it has the address. */
let talking: Promise<void> | undefined;

describe.skipIf(whyNoLab !== undefined)(`the network is asked${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    await announced(['OwnerAnswers'], 60_000);
  });
  /** Whatever a test left is undone. */
  afterEach(async () => {
    await onHost(CLIENT, `ip address del ${VIP}/32 dev eth0`);
    for (const node of lab.nodes) await onHost(node, 'ip link del kube-ipvs0; nft delete table netdev wire');
    for (const node of lab.nodes) await lab.heal(node);
    await settled(lab, 120_000);
    await announce(await soleHolder(lab, VIP), NOBODY[0] ?? '', 1);
    await announced(['OwnerAnswers'], 120_000);
  });
  afterAll(async () => {
    await talking;
    const lines = [...figures].map(([what, all]) => `  ${what}: ${all.map((one) => (one / 1000).toFixed(1)).join(', ')} s`);
    console.log(['', 'From what happened to the condition of the VirtualIP:', ...lines, ''].join('\n'));
  });

  it.each(turns())('tells of a stranger that has the address, too (%i)', async () => {
    const condition = await timed('a stranger answers', ['StrangerAnswers'], async () => {
      await onHost(CLIENT, `ip address add ${VIP}/32 dev eth0`);
      talking = announce(CLIENT, NOBODY[1] ?? '', AT_MOST / 1000);
    });
    expect(condition.status).toBe('False');
    expect(condition.message).toContain(addressesOf(CLIENT).mac);
    expect(await plugin(lab, ['status', VIP])).toContain(addressesOf(CLIENT).mac);
  });

  it.each(turns())('tells of a stranger that has the address and never sends anything by itself (%i)', async () => {
    const condition = await timed('a silent stranger', ['StrangerAnswers'], () => onHost(CLIENT, `ip address add ${VIP}/32 dev eth0`));
    expect(condition.status).toBe('False');
    expect(condition.message).toContain(addressesOf(CLIENT).mac);
  });

  it.each(turns())('tells of nodes that answer as with kube-proxy in IPVS mode without strict ARP, and how to cure it (%i)', async () => {
    const condition = await timed('other nodes answer', ['OtherNodeAnswers'], async () => {
      const command = `ip link add kube-ipvs0 type bridge && ip link set kube-ipvs0 arp off && ip address add ${VIP}/32 dev kube-ipvs0`;
      for (const node of lab.nodes) await onHost(node, command);
    });
    expect(condition.message).toContain('strictARP');
  });

  it.each(turns())('tells of an owner whose link swallows what comes (%i)', async () => {
    const owner = await soleHolder(lab, VIP);
    const rules = 'add table netdev wire; add chain netdev wire in { type filter hook ingress device eth0 priority 0; policy drop; }';
    await timed('the owner gets no frames', ['NoLongerAnswers', 'NobodyAnswers'], () => onHost(owner, `nft '${rules}'`));
  });

  it(
    `tells no trouble in ${RUNS * 2} failovers and as many returns`,
    async () => {
      const before = await troublesTold();
      for (let run = 0; run < RUNS; run++)
        for (const how of ['link-down', 'power-off'] as const) {
          const owner = await soleHolder(lab, VIP);
          await lab.fail(owner, how);
          await lab.waitFor(
            'another node has it',
            async () => (await lab.holders(VIP)).some((host) => host !== owner) || undefined,
            30_000,
          );
          await announced(['OwnerAnswers'], 60_000);
          await lab.heal(owner);
          await settled(lab, 120_000);
        }
      expect(await troublesTold()).toEqual(before);
    },
    60_000 + RUNS * 400_000,
  );
});

// --- internal ---

function turns(): number[] {
  return Array.from({ length: RUNS }, (_, index) => index + 1);
}

/** Also where there is nothing to do. */
async function onHost(host: HostName, command: string): Promise<void> {
  await lab.exec(host, ['sh', '-c', command], { allowFailure: true });
}

/**
 * Has a host say that it has the VIP, as one that sends something does: it looks for one that isn't there, in its name. Once a second, because a
 * kernel that has just heard another one keeps that for a second.
 */
const announce = (host: HostName, nobody: string, seconds: number): Promise<void> =>
  onHost(host, `timeout ${seconds} ping -c ${seconds} -W 1 -I ${VIP} ${nobody}`);

/** The condition as soon as its reason is one of these. */
const announced = (reasons: readonly string[], timeoutMs: number): Promise<Condition> =>
  lab.waitFor(
    `the VirtualIP says ${reasons.join(' or ')}`,
    async () => {
      const { status }: VirtualIP = JSON.parse(await lab.kubectl(['get', 'virtualip', virtualIPName(VIP), '-o', 'json']));
      const conditions = status?.conditions ?? [];
      const found = conditions.find(({ type, reason }) => type !== 'Reachable' && reasons.includes(reason));
      if (found === undefined) throw new Error(JSON.stringify(conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`)));
      return found;
    },
    timeoutMs,
  );

async function timed(what: string, reasons: readonly string[], happens: () => Promise<unknown>): Promise<Condition> {
  const began = performance.now();
  await happens();
  const condition = await announced(reasons, AT_MOST);
  const took = performance.now() - began;
  figures.set(what, [...(figures.get(what) ?? []), took]);
  if (took > AIM) console.log(`${what}: told after ${Math.round(took)} ms, more than the ${AIM} ms that are aimed at`);
  return condition;
}

interface ToldEvent {
  readonly reason?: string;
  readonly regarding?: { readonly kind?: string };
  readonly metadata: { readonly uid?: string };
}

/** The Events of VirtualIPs that say that something is amiss. */
async function troublesTold(): Promise<(string | undefined)[]> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'events.events.k8s.io', '--all-namespaces', '-o', 'json']));
  return (items as readonly ToldEvent[])
    .filter(({ reason = '', regarding }) => regarding?.kind === 'VirtualIP' && TROUBLES.includes(reason))
    .map(({ metadata }) => metadata.uid)
    .sort();
}
