/** The chart in a cluster: installed from zero, upgraded from an earlier one and from the Go operator's, rolled back, removed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmInCache, prepareHelm, whyNoHelm } from '../../lab/helm/helm.ts';
import type { Lab } from '../../lab/lab.ts';
import { progressTo } from '../../lab/machine/progress.ts';
import { run } from '../../lab/machine/run.ts';
import { up } from '../../lab/up.ts';
import {
  GROUP,
  LAB_NAME,
  labUnderTest,
  NAMESPACE,
  page,
  plugin,
  settled,
  soleHolder,
  VIP,
  whyNoLab,
  withoutOperator,
} from './lab-under-test.ts';

const why = whyNoLab ?? whyNoHelm;
const REPOSITORY = join(import.meta.dirname, '../..');
const CHART = 'charts/keepalived-operator';
const EARLIER_CHART = 'test/lab/fixtures/keepalived-operator-2.0.0-alpha.0.tgz';
const GO_CHART = 'test/lab/fixtures/as-the-go-operator';
const RELEASE = 'keepalived-operator';
const OPERATOR_NAMESPACE = 'keepalived-operator';
const CRD = 'crd/keepalivedgroups.redhatcop.redhat.io';

const figures: string[] = [];
let lab: Lab;
/** The lab's images of the operator and of a container that does nothing. */
let images: { readonly operator: string; readonly pause: string };

describe.skipIf(why !== undefined)(`the chart in the lab${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    await prepareHelm(progressTo(process.stderr, true));
    lab = await labUnderTest();
    await settled(lab);
    images = { operator: await imageOf('deployment/keepalived-operator-controller-manager'), pause: await pauseImage() };
  });
  afterAll(async () => {
    console.log(['', 'What the client missed, asking every 10 ms:', ...figures, ''].join('\n'));
    await helm('uninstall', RELEASE, '--ignore-not-found', '--wait');
    // The group that is left keeps the defaults of the Go operator; the files after this one run with those of a new group.
    await lab.kubectl(['delete', 'keepalivedgroups', '--all', '--all-namespaces', '--wait', '--timeout=60s']);
    await nothingServes();
    await up({ name: LAB_NAME }, progressTo(process.stderr, true));
  });

  it('finds the cluster empty when the groups and then config/default were deleted: no pod, no address, no role', async () => {
    await withoutOperator(lab);
    await nothingServes();
    expect(await lab.kubectl(['get', 'crd,clusterroles,clusterrolebindings', '-o', 'name'])).not.toMatch(/keepalived/);
  });

  it('is installed from zero with its default values, and the client gets the page through the VIP', async () => {
    await helm('install', RELEASE, CHART, '--create-namespace', '--wait', '--timeout=90s', ...ownImage());
    await lab.kubectl(['apply', '--server-side', '--force-conflicts', '--filename=examples']);
    expect(await page(lab, VIP)).toContain('keepalived');
    await settled(lab);
  });

  it('runs a group whose addresses kubectl keepalived status prints, and migrate-check finds nothing', async () => {
    await lab.waitFor(
      'kubectl keepalived status names the owner',
      async () => {
        const text = await plugin(lab, ['status', '-A']);
        if (!new RegExp(`${VIP} .* ${await soleHolder(lab, VIP)} .*Owned`).test(text)) throw new Error(text);
        return true as const;
      },
      30_000,
    );
    const objects = await lab.kubectl(['get', 'keepalivedgroups,services,nodes,pods', '-A', '-o', 'yaml']);
    const found = (
      await run([join(REPOSITORY, 'bin/kubectl-keepalived'), 'migrate-check', '-f', '-'], { timeoutMs: 60_000, input: objects })
    ).stdout;
    expect(found).toContain(`KeepalivedGroup ${NAMESPACE}/${GROUP}: 1 address carried`);
    expect(found).not.toMatch(/LOST|changed/);
  });

  it('applies and removes a custom template in a ConfigMap without a lost packet', async () => {
    const template = { 'keepalived-template.yaml': templateWith('dont_track_primary') };
    await lab.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'my-template', namespace: OPERATOR_NAMESPACE },
      data: template,
    });
    const gap = await gapWhile('a custom template set, and taken back', async () => {
      for (const [value, isIn] of [
        ['my-template', true],
        ['', false],
      ] as const) {
        await helm(
          'upgrade',
          RELEASE,
          CHART,
          '--reuse-values',
          '--set',
          `keepalivedTemplateFromConfigMap=${value}`,
          '--wait',
          '--timeout=90s',
        );
        await configuration((text) => text.includes('dont_track_primary') === isIn);
        await settled(lab);
      }
    });
    expect(gap).toBe(0);
  });

  it('passes helm test: metrics by HTTPS are given to clients with permission, and refused to others', async () => {
    expect(await helm('test', RELEASE, '--timeout=60s')).toMatch(/Phase: +Succeeded/);
  });

  it('is removed: of the release nothing is left, the CRD is, and the address goes on answering', async () => {
    const gap = await gapWhile('the release uninstalled', async () => {
      await helm('uninstall', RELEASE, '--wait', '--timeout=60s');
      await nothingIsLeftOfRelease();
    });
    expect(gap).toBe(0);
    expect(await lab.kubectl(['get', CRD, '-o', 'name'])).toContain('keepalivedgroups');
  });

  it('leaves no pod and no address once the group is deleted, although no operator runs', async () => {
    await lab.kubectl(['delete', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '--wait', '--timeout=30s']);
    await nothingServes();
  });

  it('is upgraded from an earlier chart without a packet lost, by its README', async () => {
    await helm('install', RELEASE, EARLIER_CHART, '--wait', '--timeout=90s', ...ownImage());
    await lab.kubectl(['apply', '--server-side', '--force-conflicts', '--filename=examples']);
    await settled(lab);
    const gap = await gapWhile('upgrade from chart 2.0.0-alpha.0', async () => {
      await lab.apply(await helm('show', 'crds', CHART));
      await helm('upgrade', RELEASE, CHART, '--reset-then-reuse-values', '--wait', '--timeout=90s');
      await settled(lab);
    });
    expect(gap).toBe(0);
    await helm('uninstall', RELEASE, '--wait', '--timeout=60s');
  });

  it('takes a release of the Go operator over in place, keeping its Deployment, and is rolled back to it', async () => {
    const values = ['--set', `lab.manager=${images.operator},lab.proxy=${images.pause}`];
    await helm('install', RELEASE, GO_CHART, '--wait', '--timeout=90s', ...values);
    await settled(lab);
    const before = await deployment();
    const gap = await gapWhile("upgrade from the Go operator's chart", async () => {
      await helm('upgrade', RELEASE, CHART, '--reset-values', '--wait', '--timeout=90s', ...ownImage());
      await settled(lab);
    });
    const after = await deployment();
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.spec.template.spec.containers.map(({ name }) => name)).toEqual(['keepalived-operator']);
    const back = await gapWhile('rolled back to it', async () => {
      await helm('rollback', RELEASE, '1', '--wait', '--timeout=90s');
      await settled(lab);
    });
    expect((await deployment()).spec.template.spec.containers.map(({ name }) => name)).toContain('kube-rbac-proxy');
    expect([gap, back]).toEqual([0, 0]);
  });
});

// --- internal ---

interface Deployment {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly name: string }[] } } };
}

const helm = async (...parameters: readonly string[]): Promise<string> => {
  const command = [helmInCache() ?? 'helm', ...parameters, '--kubeconfig', lab.kubeconfig, '--namespace', OPERATOR_NAMESPACE];
  return (await run(command, { cwd: REPOSITORY, timeoutMs: 150_000 })).stdout;
};

/** Values that no lab can do without: its image is in no registry. */
function ownImage(): string[] {
  const [, repository = '', tag = ''] = /^(.*):([^:]+)$/.exec(images.operator) ?? [];
  return ['--set', `image.repository=${repository}`, '--set-string', `image.tag=${tag}`];
}

const imageOf = (name: string): Promise<string> =>
  lab.kubectl(['get', '-n', OPERATOR_NAMESPACE, name, '-o', 'jsonpath={.spec.template.spec.containers[0].image}']);

async function pauseImage(): Promise<string> {
  const listed = await lab.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].status.images[*].names[*]}']);
  return listed.split(' ').find((name) => /pause:[^:]+$/.test(name)) ?? 'registry.k8s.io/pause:3.10';
}

/** The shipped template with one more line in every virtual router. */
function templateWith(line: string): string {
  const shipped = readFileSync(join(REPOSITORY, 'config/templates/keepalived-template.yaml'), 'utf8');
  const opening = '      {{ .Keyword }} {{ .Name }} {\n';
  if (!shipped.includes(opening)) throw new Error('the shipped template opens its blocks otherwise than this test expects');
  return shipped.replace(opening, `${opening}{{- if eq .Keyword "vrrp_instance" }}\n        ${line}\n{{- end }}\n`);
}

/** Waits until the group's keepalived.conf is as it should be. */
const configuration = (isRight: (text: string) => boolean): Promise<true> =>
  lab.waitFor(
    "the group's keepalived.conf is as the template says",
    async () => {
      const text = await lab.kubectl(['get', 'configmap', '-n', NAMESPACE, GROUP, '-o', 'jsonpath={.data.keepalived\\.conf}']);
      if (!isRight(text)) throw new Error(text);
      return true as const;
    },
    60_000,
  );

const deployment = async (): Promise<Deployment> =>
  JSON.parse(await lab.kubectl(['get', '-n', OPERATOR_NAMESPACE, `deployment/${RELEASE}`, '-o', 'json']));

/** Waits until no pod of a group and no node's interface has anything of the VIP. */
const nothingServes = (): Promise<true> =>
  lab.waitFor(
    `no pod of a group is left, and no host holds ${VIP}`,
    async () => {
      const pods = await lab.kubectl(['get', 'pods', '-A', '-l', 'keepalivedGroup', '-o', 'name']);
      const holders = await lab.holders(VIP);
      if (pods !== '' || holders.length > 0) throw new Error(`${pods.trim()}; held by ${holders.join(', ') || 'nobody'}`);
      return true as const;
    },
    60_000,
  );

/** Waits until no object carries the release's label; pods end a moment after their Deployment is gone. */
const nothingIsLeftOfRelease = (): Promise<true> =>
  lab.waitFor(
    'nothing is left of the release',
    async () => {
      const parameters = ['get', KINDS, '-A', '-l', `app.kubernetes.io/instance=${RELEASE}`, '-o', 'name'];
      const left = (await lab.kubectl(parameters)).trim();
      if (left !== '') throw new Error(left);
      return true as const;
    },
    60_000,
  );

const KINDS = [
  ...['deployments', 'replicasets', 'pods', 'services', 'serviceaccounts', 'roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  ...['poddisruptionbudgets', 'networkpolicies', 'configmaps', 'secrets'],
].join();

/** Probes the VIP while something happens; notes packets lost and the longest gap (ms), and gives the gap. */
async function gapWhile(what: string, happens: () => Promise<void>): Promise<number> {
  await soleHolder(lab, VIP);
  const probe = await lab.probe(VIP);
  const [outcome] = await Promise.allSettled([happens()]);
  const { sent, received, gaps } = await probe.stop();
  const longest = Math.max(0, ...gaps.map((gap) => gap.lengthMs));
  figures.push(`  ${what}: ${sent - received} of ${sent} lost, longest gap ${Math.round(longest)} ms`);
  if (outcome?.status === 'rejected') throw outcome.reason;
  return longest;
}
