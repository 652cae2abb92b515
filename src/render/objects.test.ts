import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput } from '../../test/builders/object.ts';
import { until } from '../../test/net/until.ts';
import type { Node } from '../api/core.ts';
import type { KeepalivedGroupSpec } from '../api/group/keepalived-group.ts';
import { REFUSED_PRIORITY_ANNOTATION, START_LINES_ANNOTATION } from '../api/names.ts';
import type { Settings } from '../plan/input.ts';
import { plan } from '../plan/plan.ts';
import { renderObjects } from './objects.ts';
import { LEGACY_IMAGE } from './pod-template.ts';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly securityContext: { readonly capabilities: object; readonly privileged?: boolean };
}
interface DaemonSet {
  readonly spec: {
    readonly minReadySeconds: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: Readonly<Record<string, unknown>> & {
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
      };
    };
  };
}

function objectsOf(spec: KeepalivedGroupSpec = {}, settings: Partial<Settings> = {}) {
  const input = anInput({ group: aGroup({ spec }), settings: { agentImage: 'operator:1', ...settings } });
  const [configMap, daemonSet] = renderObjects(plan(input), input.settings);
  return { configMap, daemonSet: daemonSet as unknown as DaemonSet };
}

describe('the objects of a group', () => {
  it.each([
    ['five seconds', {}, 5],
    ['five seconds with short intervals', { version: 3, advertIntervalMilliseconds: 100, downTimerAdverts: 8 }, 5],
    ['as long as a lost node goes unnoticed', { advertIntervalMilliseconds: 4000 }, 14],
    ['as many adverts as may be missing', { version: 2, downTimerAdverts: 10 }, 12],
  ])('let a roll-out wait for %s', (_, vrrp, expected) => expect(objectsOf({ vrrp }).daemonSet.spec.minReadySeconds).toBe(expected));

  it('are a ConfigMap and a DaemonSet of its name that it controls', () => {
    const { configMap, daemonSet } = objectsOf();
    const owner = {
      apiVersion: 'redhatcop.redhat.io/v1alpha1',
      kind: 'KeepalivedGroup',
      name: 'vips',
      uid: 'uid-of-vips',
      controller: true,
      blockOwnerDeletion: true,
    };
    expect(configMap).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'vips', namespace: 'web', labels: { keepalivedGroup: 'vips' }, ownerReferences: [owner] },
    });
    expect(daemonSet).toMatchObject({ kind: 'DaemonSet', metadata: { name: 'vips', namespace: 'web', ownerReferences: [owner] } });
  });

  it('keep the selector of the Go operator, which can not be changed', () => {
    const { spec } = objectsOf().daemonSet;
    expect(spec.selector.matchLabels).toEqual({ keepalivedGroup: 'vips' });
    expect(spec.template.metadata.labels).toEqual({ keepalivedGroup: 'vips' });
  });

  it('run nothing privileged, and give no container more than it needs', () => {
    const { initContainers, containers } = objectsOf().daemonSet.spec.template.spec;
    const all = [...initContainers, ...containers];
    expect(all.map(({ name, securityContext }) => [name, securityContext.capabilities, securityContext.privileged])).toEqual([
      ['config-setup', { drop: ['ALL'], add: ['NET_ADMIN'] }, undefined],
      ['keepalived', { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] }, undefined],
      ['agent', { drop: ['ALL'] }, undefined],
      ['asker', { drop: ['ALL'], add: ['NET_RAW'] }, undefined],
    ]);
  });

  it('give what asks by broadcast its questions alone, no port, and the image of the operator, whatever keepalived has', () => {
    const { containers, volumes } = objectsOf({ image: 'old:1' }).daemonSet.spec.template.spec;
    const asker = containers.find(({ name }) => name === 'asker');
    expect(asker).toMatchObject({ image: 'operator:1', volumeMounts: [{ name: 'wire', mountPath: '/run/keepalived-wire' }] });
    expect(Object.keys(asker ?? {}).filter((field) => /port|probe|lifecycle|env/i.test(field))).toEqual([]);
    expect(volumes).toContainEqual({ name: 'wire', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } });
  });

  it('have what asks by broadcast wait where its image has no program for it, so that the pod is well', async () => {
    const { containers } = objectsOf().daemonSet.spec.template.spec;
    const [program = '', ...args] = containers.find(({ name }) => name === 'asker')?.command ?? [];
    const missing = args.map((one) => one.replaceAll('/asker', '/nowhere/asker'));
    const waiting = spawn(program, missing, { stdio: 'ignore' });
    await until(
      'it waits',
      () => readFileSync(`/proc/${waiting.pid}/cmdline`, 'utf8'),
      (text) => text === 'sleep\0infinity\0',
    );
    const ended = new Promise((resolve) => waiting.once('exit', (_, signal) => resolve(signal)));
    waiting.kill();
    expect(await ended).toBe('SIGTERM');
  });

  it.each<[string, KeepalivedGroupSpec['resources'], object]>([
    ['small requests and no limits', undefined, { requests: { cpu: '5m', memory: '8Mi' } }],
    [
      'limits where other containers have them, so that a quota admits the pod and its class of service stays',
      { keepalived: { limits: { cpu: '1' } } },
      { requests: { cpu: '50m', memory: '16Mi' }, limits: { cpu: '50m', memory: '16Mi' } },
    ],
    ['what the group says', { agent: { limits: { cpu: '1' } }, asker: { requests: { cpu: '1m' } } }, { requests: { cpu: '1m' } }],
  ])('give what asks by broadcast %s', (_, resources, expected) => {
    const { containers } = objectsOf({ ...(resources && { resources }) }).daemonSet.spec.template.spec;
    expect(containers.find(({ name }) => name === 'asker')).toMatchObject({ resources: expected });
  });

  it('have nothing that asks by broadcast where the group does not want it', () => {
    const { containers, volumes } = objectsOf({ broadcastQuestions: false }).daemonSet.spec.template.spec;
    expect(containers.map(({ name }) => name)).toEqual(['keepalived', 'agent']);
    expect(JSON.stringify([containers, volumes])).not.toContain('wire');
  });

  it.each<[string, string | undefined, string | undefined, string]>([
    ['the one that the group names', 'mine:1', 'operand:1', 'mine:1'],
    ["the installation's when the group names none", undefined, 'operand:1', 'operand:1'],
    ["the installation's when the group has the default of the CRD", LEGACY_IMAGE, 'operand:1', 'operand:1'],
    ['the default of the CRD when nobody names one', undefined, undefined, LEGACY_IMAGE],
  ])('run keepalived from %s', (_, image, operandImage, expected) => {
    const { containers } = objectsOf({ ...(image && { image }) }, { ...(operandImage && { operandImage }) }).daemonSet.spec.template.spec;
    expect(containers.find(({ name }) => name === 'keepalived')?.image).toBe(expected);
  });

  it('let keepalived write where it keeps pid files, its BFD process too, and nowhere else', () => {
    const [keepalived] = objectsOf().daemonSet.spec.template.spec.containers;
    const volumeMounts = [{ mountPath: '/run' }, { mountPath: '/run/keepalived' }, { mountPath: '/tmp' }];
    expect(keepalived).toMatchObject({ name: 'keepalived', volumeMounts });
  });

  it('mount the password for the agent alone', () => {
    const spec = objectsOf({ passwordAuth: { secretRef: { name: 'secret' }, secretKey: 'key' } }).daemonSet.spec.template.spec;
    expect(spec.volumes).toContainEqual({
      name: 'auth',
      secret: { secretName: 'secret', optional: true, items: [{ key: 'key', path: 'password' }] },
    });
    const mounting = spec.containers.filter((container) => JSON.stringify(container).includes('operator/auth')).map(({ name }) => name);
    expect(mounting).toEqual(['agent']);
    expect(JSON.stringify(objectsOf().daemonSet)).not.toContain('"auth"');
    expect(JSON.stringify(objectsOf({ passwordAuth: {} }).daemonSet)).not.toContain('"auth"');
  });

  it('keep texts as texts, whatever they look like', () => {
    const { daemonSet } = objectsOf({
      nodeSelector: { edge: 'true' },
      daemonsetPodAnnotations: { a: 'b: c' },
      daemonsetPodPriorityClassName: 'high',
    });
    expect(daemonSet.spec.template).toMatchObject({
      metadata: { annotations: { a: 'b: c' } },
      spec: { nodeSelector: { edge: 'true' }, priorityClassName: 'high' },
    });
  });

  it('are rolled out when lines change that keepalived takes only at its start, and not for any other line', () => {
    const annotations = (verbatimConfig: Record<string, string>, more: KeepalivedGroupSpec = {}): unknown =>
      objectsOf({ verbatimConfig, ...more }).daemonSet.spec.template.metadata;
    expect(annotations({ vrrp_garp_interval: '0.1' })).toEqual(annotations({}));
    expect(annotations({ nftables: 'vips', disable_local_igmp: '', vrrp_garp_interval: '0.1' })).toMatchObject({
      annotations: { [START_LINES_ANNOTATION]: 'disable_local_igmp; nftables vips' },
    });
    expect(annotations({ nftables: '' }, { daemonsetPodAnnotations: { a: 'b' } })).toMatchObject({
      annotations: { a: 'b', [START_LINES_ANNOTATION]: 'nftables' },
    });
  });

  it.each<[string, KeepalivedGroupSpec, Partial<Settings>, string | undefined, string | undefined]>([
    ["the installation's", {}, { podPriorityClass: 'high' }, undefined, 'high'],
    ["the group's own", { daemonsetPodPriorityClassName: 'own' }, { podPriorityClass: 'high' }, undefined, 'own'],
    [
      "the group's own, even if it was refused once",
      { daemonsetPodPriorityClassName: 'high' },
      { podPriorityClass: 'high' },
      'high',
      'high',
    ],
    ['none where that was refused', {}, { podPriorityClass: 'high' }, 'high', undefined],
    ["the installation's where another was refused", {}, { podPriorityClass: 'high' }, 'higher', 'high'],
    ['none where nobody names one', {}, {}, undefined, undefined],
  ])('have a priority class: %s', (_, spec, settings, refused, expected) => {
    const input = anInput({
      group: aGroup({ spec }),
      settings: { agentImage: 'operator:1', ...settings },
      ...(refused && { refusedPriorityClass: refused }),
    });
    const planned = plan(input);
    const [, daemonSet] = renderObjects(planned, input.settings) as unknown as readonly DaemonSet[];
    expect(daemonSet?.spec.template.spec.priorityClassName).toBe(expected);
    const isWithout = refused !== undefined && expected === undefined;
    expect(daemonSet).toMatchObject({ metadata: isWithout ? { annotations: { [REFUSED_PRIORITY_ANNOTATION]: refused } } : {} });
    expect(planned.problems.map(({ reason }) => reason)).toEqual(isWithout ? ['PriorityClassRefused'] : []);
  });

  it.each([
    ['system-node-critical', '100m'],
    ['another', '10m'],
    [undefined, '10m'],
  ])('reserve CPU for keepalived where the scheduler makes room for them: class %s, %s', (podPriorityClass, cpu) => {
    const [keepalived] = objectsOf({}, { ...(podPriorityClass && { podPriorityClass }) }).daemonSet.spec.template.spec.containers;
    expect(keepalived).toMatchObject({ name: 'keepalived', resources: { requests: { cpu } } });
  });

  it('are rolled out node by node, whatever nodes are down: those can not be waited for', () => {
    const nodes = [aNode('n1'), aNode('n2', { ready: false }), aNode('n3', { ready: false }), aNode('n4', { unschedulable: true })];
    const atOnce = (some: readonly Node[]): unknown => {
      const input = anInput({ nodes: some });
      const [, daemonSet] = renderObjects(plan(input), input.settings);
      return (daemonSet as unknown as { spec: { updateStrategy: unknown } }).spec.updateStrategy;
    };
    expect(atOnce(nodes.slice(0, 1))).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
    expect(atOnce(nodes)).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 3 } });
  });

  it('have the resources, tolerations, pull secrets and pull policy of the group', () => {
    const keepalived = { limits: { memory: '64Mi' } };
    const agent = { requests: { cpu: '50m' } };
    const asker = { limits: { memory: '16Mi' } };
    const tolerations = [{ key: 'edge', operator: 'Exists' }];
    const { spec } = objectsOf({
      resources: { keepalived, agent, asker },
      tolerations,
      imagePullSecrets: [{ name: 'registry' }, {}],
      imagePullPolicy: 'Always',
    }).daemonSet.spec.template;
    expect(spec).toMatchObject({ tolerations, imagePullSecrets: [{ name: 'registry' }] });
    expect([...spec.initContainers, ...spec.containers]).toMatchObject([
      { name: 'config-setup', resources: agent, imagePullPolicy: 'Always' },
      { name: 'keepalived', resources: keepalived, imagePullPolicy: 'Always' },
      { name: 'agent', resources: agent, imagePullPolicy: 'Always' },
      { name: 'asker', resources: asker, imagePullPolicy: 'Always' },
    ]);
  });

  it('are none for a group that is being deleted: made anew, they would outlive it', () => {
    const group = aGroup();
    const deleted = { ...group, metadata: { ...group.metadata, deletionTimestamp: '2026-01-02T00:00:00Z' } };
    const input = anInput({ group: deleted });
    expect(renderObjects(plan(input), input.settings)).toEqual([]);
  });
});
