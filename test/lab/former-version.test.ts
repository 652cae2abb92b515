/** The first version of this operator, built from the repository's history: upgraded to this one with 30 VIPs, and rolled back to it. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmInCache, prepareHelm, whyNoHelm } from '../../lab/helm/helm.ts';
import type { Lab } from '../../lab/lab.ts';
import { progressTo } from '../../lab/machine/progress.ts';
import { run } from '../../lab/machine/run.ts';
import { up } from '../../lab/up.ts';
import {
  GROUP,
  groupCalled,
  LAB_NAME,
  labUnderTest,
  NAMESPACE,
  page,
  service,
  settled,
  VIP,
  whyNoLab,
  withoutOperator,
} from './lab-under-test.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const FORMER = '549ff3e';
const FORMER_IMAGE = { repository: 'localhost/keepalived-operator', tag: 'former' };
const RELEASE = 'keepalived-operator';
const OPERATOR_NAMESPACE = 'keepalived-operator';
const MANAGER = `deployment/${RELEASE}`;
const vips = Array.from({ length: 30 }, (_, index) => ({ name: `former-${index}`, address: `192.0.2.${100 + index}` }));

const { code } = await run(['git', 'cat-file', '-e', `${FORMER}^{commit}`], { cwd: REPOSITORY, allowFailure: true });
const why =
  whyNoLab ??
  whyNoHelm ??
  (process.env.FORMER_VERSION === '1' ? undefined : 'it takes five minutes; FORMER_VERSION=1 runs it') ??
  (code === 0 ? undefined : `the history of this checkout does not reach ${FORMER}`);

let lab: Lab;
let folder: string;

describe.skipIf(why !== undefined)(`the first version with 30 VIPs${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let [before, ids]: [Owners, object] = [{}, {}];
  let image: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'former-version-'));
    await prepareHelm(progressTo(process.stderr, true));
    lab = await labUnderTest();
    await settled(lab);
    image = await imageOf(['-n', OPERATOR_NAMESPACE, 'deployment/keepalived-operator-controller-manager']);
    await formerImage();
    await withoutOperator(lab);
    const { repository, tag } = FORMER_IMAGE;
    await helm('install', join(folder, 'charts/keepalived-operator'), ...imageValues(repository, tag), '--create-namespace');
    await lab.kubectl(['apply', '--server-side', '--force-conflicts', `--filename=${join(folder, 'examples')}`]);
    await lab.apply({ apiVersion: 'v1', kind: 'List', items: vips.map(({ name, address }) => service(name, address)) });
    await page(lab, VIP);
    await rolledOut(`${repository}:${tag}`);
    await settled(lab);
    before = await lab.waitFor('each VIP has one owner', async () => soleOwners(await owners()), 60_000);
    ids = (await groupCalled(lab, GROUP)).status.routerIDs;
  }, 400_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, ...vips.map(({ name }) => name), '--ignore-not-found']);
    await helm('uninstall', '--ignore-not-found');
    await up({ name: LAB_NAME }, progressTo(process.stderr, true));
    await settled(lab);
  });

  it('is upgraded to this version: each VIP stays on its node with its id, and loses at most one packet for each replaced pod', async () => {
    const [, repository = '', tag = ''] = /^(.*):([^:]+)$/.exec(image) ?? [];
    const lost = await lostWhile('upgrade', async () => {
      await lab.apply((await run([helmInCache() ?? 'helm', 'show', 'crds', CHART])).stdout);
      await helm('upgrade', CHART, '--reset-then-reuse-values', ...imageValues(repository, tag));
      await rolledOut(image);
      await settled(lab);
    });
    expect(await owners()).toEqual(before);
    expect((await groupCalled(lab, GROUP)).status.routerIDs).toEqual(ids);
    const ledger = await lab.kubectl(['get', 'virtualips', '-o', 'name']);
    for (const { address } of vips) expect(ledger).toContain(`/${address}\n`);
    expect(Math.max(...lost)).toBeLessThanOrEqual(lab.nodes.length);
  }, 300_000);

  it('is rolled back to: each VIP stays on its node, with its id', async () => {
    const { repository, tag } = FORMER_IMAGE;
    const lost = await lostWhile('rollback', async () => {
      await run([helmInCache() ?? 'helm', 'rollback', RELEASE, '1', '--wait', '--timeout=120s', ...CONNECTION()], { timeoutMs: 150_000 });
      await rolledOut(`${repository}:${tag}`);
      await lab.waitFor('each VIP is where it was', async () => (sameOwners(await owners(), before) ? true : undefined), 60_000);
    });
    expect((await groupCalled(lab, GROUP)).status.routerIDs).toEqual(ids);
    expect(Math.max(...lost)).toBeLessThanOrEqual(lab.nodes.length);
    await lab.apply(service('former-new', '192.0.2.140'));
    await page(lab, '192.0.2.140');
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'former-new']);
  }, 300_000);
});

// --- internal ---

/** Who holds each address; several are joined. */
type Owners = Readonly<Record<string, string>>;

const CHART = join(REPOSITORY, 'charts/keepalived-operator');
const CONNECTION = (): string[] => ['--kubeconfig', lab.kubeconfig, '--namespace', OPERATOR_NAMESPACE];
const imageValues = (repository: string, tag: string): string[] => [
  '--set',
  `image.repository=${repository}`,
  '--set-string',
  `image.tag=${tag}`,
];

const helm = (verb: string, ...words: readonly string[]) =>
  run([helmInCache() ?? 'helm', verb, RELEASE, ...words, '--wait', '--timeout=120s', ...CONNECTION()], { timeoutMs: 150_000 });

/** Builds the first version's image by its own script, and gives it to every node. */
async function formerImage(): Promise<void> {
  await run(['sh', '-c', `git archive ${FORMER} | tar -x -C "$0"`, folder], { cwd: REPOSITORY });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  await run([process.execPath, 'scripts/image-archive.ts', 'amd64'], { cwd: folder, timeoutMs: 300_000 });
  const archive = join(folder, 'dist/keepalived-operator-2.0.0-alpha.1-amd64.tar');
  const ctr = ['ctr', '--address', '/run/containerd/containerd.sock', '--namespace', 'k8s.io', 'images'];
  for (const node of lab.nodes) {
    await lab.exec(node, [...ctr, 'import', archive], { timeoutMs: 60_000 });
    await lab.exec(node, [...ctr, 'tag', '--force', 'localhost/keepalived-operator:lab', `${FORMER_IMAGE.repository}:${FORMER_IMAGE.tag}`]);
  }
}

const imageOf = (what: readonly string[]): Promise<string> =>
  lab.kubectl(['get', ...what, '-o', 'jsonpath={.spec.template.spec.containers[0].image}']);

/** Waits until manager and agents run an image. */
async function rolledOut(image: string): Promise<void> {
  await lab.kubectl(['rollout', 'status', '-n', OPERATOR_NAMESPACE, MANAGER, '--timeout=120s'], { timeoutMs: 130_000 });
  await lab.waitFor(
    `every pod of the group runs ${image}`,
    async () => {
      const pods = await lab.kubectl(['get', 'pods', '-n', NAMESPACE, '-l', `keepalivedGroup=${GROUP}`, '-o', 'json']);
      const items: readonly Pod[] = JSON.parse(pods).items;
      const ready = items.filter(({ status }) => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
      const right = ready.filter(({ spec }) => spec.containers.every((container) => container.image === image));
      if (right.length !== lab.nodes.length || items.length !== lab.nodes.length)
        throw new Error(`${right.length} of ${items.length} pods`);
      return true as const;
    },
    200_000,
  );
}

interface Pod {
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function owners(): Promise<Owners> {
  const held = await Promise.all(
    lab.nodes.map(async (node) => {
      const { stdout } = await lab.exec(node, ['ip', '-json', 'address', 'show', 'dev', 'eth0']);
      const [link]: { readonly addr_info: readonly { readonly local: string }[] }[] = JSON.parse(stdout);
      return new Map(link?.addr_info.map(({ local }) => [local, node]));
    }),
  );
  return Object.fromEntries(vips.map(({ address }) => [address, held.flatMap((of) => of.get(address) ?? []).join('+')]));
}

const soleOwners = (found: Owners): Owners | undefined =>
  Object.values(found).every((owner) => (lab.nodes as readonly string[]).includes(owner)) ? found : undefined;

const sameOwners = (one: Owners, other: Owners): boolean => vips.every(({ address }) => one[address] === other[address]);

/** Packets that each VIP lost, asked every 20 ms. */
async function lostWhile(what: string, happens: () => Promise<void>): Promise<number[]> {
  const probes = await Promise.all(vips.map(({ address }) => lab.probe(address, { everyMs: 20 })));
  const startedAt = performance.now();
  const [outcome] = await Promise.allSettled([happens()]);
  const results = await Promise.all(probes.map((probe) => probe.stop()));
  const lost = results.map(({ sent, received }) => sent - received);
  const longest = Math.max(0, ...results.flatMap(({ gaps }) => gaps.map(({ lengthMs }) => lengthMs)));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  console.log(
    `${what} of 30 VIPs in ${Math.round((performance.now() - startedAt) / 1000)} s: ${sum(lost)} of ${sum(results.map(({ sent }) => sent))} packets lost, at most ${Math.max(...lost)} of one VIP, longest gap ${Math.round(longest)} ms`,
  );
  if (outcome?.status === 'rejected') throw outcome.reason;
  return lost;
}
