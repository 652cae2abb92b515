/** Whether the conditions of a VirtualIP say who answers for it on the network, and how soon. Every figure is printed. `LAB_WIRE_RUNS`: how often each is tried. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf, CLIENT, type HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Condition } from '../../src/api/core.ts';
import type { KeepalivedGroup } from '../../src/api/group/keepalived-group.ts';
import { virtualIPName } from '../../src/api/virtual-ip/name.ts';
import type { VirtualIP } from '../../src/api/virtual-ip/virtual-ip.ts';
import { GROUP, labUnderTest, NAMESPACE, plugin, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';
import { troublesSince, troublesTold } from './troubles.ts';

const RUNS = Number(process.env.LAB_WIRE_RUNS ?? 1);
/** Milliseconds in which a verdict is aimed to come; it may take longer on a machine that is busy. */
const AIM = 10_000;
const AT_MOST = 20_000;
/** Addresses of the switch that no host has. */
const NOBODY = ['192.0.2.198', '192.0.2.199'];
/** A virtual router id that the group of the lab is not given. */
const OTHER_ID = 251;
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
    await endStranger();
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

  it.each(turns())('reports a stranger that has the address, too (%i)', async () => {
    const condition = await timed('a stranger answers', ['StrangerAnswers'], async () => {
      await onHost(CLIENT, `ip address add ${VIP}/32 dev eth0`);
      talking = announce(CLIENT, NOBODY[1] ?? '', AT_MOST / 1000);
    });
    expect(condition.status).toBe('False');
    expect(condition.message).toContain(addressesOf(CLIENT).mac);
    expect(await plugin(lab, ['status', VIP])).toContain(addressesOf(CLIENT).mac);
  });

  it.each(turns())('reports a stranger that has the address and never announces itself (%i)', async () => {
    const condition = await timed('a silent stranger', ['StrangerAnswers'], () => onHost(CLIENT, `ip address add ${VIP}/32 dev eth0`));
    expect(condition.status).toBe('False');
    expect(condition.message).toContain(addressesOf(CLIENT).mac);
  });

  it.each(turns())("names a stranger's keepalived that uses a virtual router id of the group, and says when it is gone (%i)", async () => {
    const id = await routerID();
    const condition = await timed('a stranger uses the id', ['StrangerSendsAdverts'], () => claim(id, NOBODY[0] ?? '', 255));
    expect(condition.message).toContain(`${addressesOf(CLIENT).v4} (MAC address ${addressesOf(CLIENT).mac}`);
    expect(condition.message).toContain(`virtual router id ${id} (VRRP version 3, priority 255, ${NOBODY[0]})`);
    await endStranger();
    await told(['NoStrangerHeard'], 60_000);
  });

  it.each(turns())("names a stranger's keepalived that announces the address under another id (%i)", async () => {
    const condition = await timed('a stranger announces the address', ['StrangerAdvertises'], () => claim(OTHER_ID, VIP, 50));
    expect(condition).toMatchObject({ type: 'Unique', status: 'False' });
    expect(condition.message).toContain(`${addressesOf(CLIENT).v4} (MAC address ${addressesOf(CLIENT).mac}`);
    expect(condition.message).toContain(`virtual router id ${OTHER_ID}`);
  });

  it.each(turns())('reports nodes that answer as with kube-proxy in IPVS mode without strict ARP, and what to do (%i)', async () => {
    const condition = await timed('other nodes answer', ['OtherNodeAnswers'], async () => {
      const command = `ip link add kube-ipvs0 type bridge && ip link set kube-ipvs0 arp off && ip address add ${VIP}/32 dev kube-ipvs0`;
      for (const node of lab.nodes) await onHost(node, command);
    });
    expect(condition.message).toContain('strictARP');
  });

  it.each(turns())('reports an owner whose link drops what it receives (%i)', async () => {
    const owner = await soleHolder(lab, VIP);
    const rules = 'add table netdev wire; add chain netdev wire in { type filter hook ingress device eth0 priority 0; policy drop; }';
    await timed('the owner gets no frames', ['NoLongerAnswers', 'NobodyAnswers'], () => onHost(owner, `nft '${rules}'`));
  });

  it(
    `reports no trouble in ${RUNS * 2} failovers and as many returns`,
    async () => {
      const before = await troublesTold(lab);
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
      expect(await troublesSince(lab, before)).toEqual([]);
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

/** The client host runs keepalived with one instance, which becomes master where nobody that it believes sends more. */
async function claim(id: number, address: string, priority: number): Promise<void> {
  const lines = `interface eth0\nvirtual_router_id ${id}\npriority ${priority}\nadvert_int 1\nversion 3\nvirtual_ipaddress {\n${address}/32\n}`;
  const files = ['pid', 'vrrp_pid', 'checkers_pid'].map((name) => `--${name}=${STRANGER}.${name}`).join(' ');
  const conf = `global_defs {\nrouter_id stranger\n}\nvrrp_instance stranger {\nstate MASTER\n${lines}\n}\n`;
  await onHost(CLIENT, `printf '${conf}' >${STRANGER}.conf; keepalived --vrrp --use-file=${STRANGER}.conf ${files} >${STRANGER}.log 2>&1`);
}

/** Resolves when it runs no more; also where none does. */
const endStranger = (): Promise<void> =>
  onHost(CLIENT, `kill "$(cat ${STRANGER}.pid)" && while [ -e ${STRANGER}.pid ]; do sleep 0.1; done; rm -f ${STRANGER}.*`);

/** In the client host's table of processes, and in a folder that all hosts see. */
const STRANGER = `/tmp/lab-stranger-${process.pid}`;

async function routerID(): Promise<number> {
  const { status }: VirtualIP = JSON.parse(await lab.kubectl(['get', 'virtualip', virtualIPName(VIP), '-o', 'json']));
  return status?.virtualRouterID ?? 0;
}

/** The condition of the VirtualIP as soon as its reason is one of these. */
const announced = (reasons: readonly string[], timeoutMs: number): Promise<Condition> => told(reasons, timeoutMs);

/** The condition of the VirtualIP or of the group as soon as its reason is one of these. */
const told = (reasons: readonly string[], timeoutMs: number): Promise<Condition> =>
  lab.waitFor(
    `the VirtualIP or the group says ${reasons.join(' or ')}`,
    async () => {
      const objects: readonly (VirtualIP | KeepalivedGroup)[] = [
        JSON.parse(await lab.kubectl(['get', 'virtualip', virtualIPName(VIP), '-o', 'json'])),
        JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json'])),
      ];
      const conditions = objects.flatMap(({ status }) => status?.conditions ?? []);
      const found = conditions.findLast(({ type, reason }) => type !== 'Reachable' && reasons.includes(reason));
      if (found === undefined) throw new Error(JSON.stringify(conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`)));
      return found;
    },
    timeoutMs,
  );

async function timed(what: string, reasons: readonly string[], happens: () => Promise<unknown>): Promise<Condition> {
  const began = performance.now();
  await happens();
  const condition = await told(reasons, AT_MOST);
  const took = performance.now() - began;
  figures.set(what, [...(figures.get(what) ?? []), took]);
  if (took > AIM) console.log(`${what}: told after ${Math.round(took)} ms, more than the ${AIM} ms that are aimed at`);
  return condition;
}
