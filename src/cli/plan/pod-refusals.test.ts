import { describe, expect, it } from 'vitest';
import { answerPlan, type PlanOptions } from './command.ts';

const OPTIONS: PlanOptions = { namespace: 'default', output: 'wide', operatorImage: 'operator:1' };
const NODE = '{apiVersion: v1, kind: Node, metadata: {name: node1}}';
const group = (spec = 'interface: eth0'): string =>
  `{apiVersion: redhatcop.redhat.io/v1alpha1, kind: KeepalivedGroup, metadata: {name: lan, namespace: web}, spec: {${spec}}}`;
const namespace = (level: string, name = 'web'): string =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}, labels: {pod-security.kubernetes.io/enforce: ${level}}}}`;
const quota = (spec: string, name = 'web'): string =>
  `{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute, namespace: ${name}}, spec: {${spec}}}`;
const notesOf = (...documents: readonly string[]): readonly string[] =>
  answerPlan([{ name: 'all.yaml', text: [NODE, ...documents].join('\n---\n') }], OPTIONS).notes;

const LIMITS = 'hard: {requests.cpu: "2", requests.memory: 2Gi, limits.cpu: "4", limits.memory: 4Gi}';
const LIMITED = 'limits: {cpu: 100m, memory: 64Mi}';
const ALL_LIMITED = `interface: eth0, resources: {keepalived: {${LIMITED}}, agent: {${LIMITED}}}`;

describe('the pods of a planned group', () => {
  it.each(['baseline', 'restricted'])('are refused where the namespace enforces Pod Security %s', (level) =>
    expect(notesOf(group(), namespace(level))).toEqual([
      `Namespace web enforces Pod Security ${level}, which refuses the pods of KeepalivedGroup web/lan because they use the network of the node; set its label pod-security.kubernetes.io/enforce: privileged, or move the group to a namespace that has it`,
    ]),
  );

  it('are refused where a quota counts limits that its containers have not', () =>
    expect(notesOf(group(), quota(LIMITS))).toEqual([
      'ResourceQuota web/compute wants limits.cpu and limits.memory of every container, and config-setup, keepalived, agent, asker of KeepalivedGroup web/lan do not say it, so its pods are refused; set it in spec.resources of the group, or make a LimitRange that does',
    ]));

  it.each<[string, readonly string[]]>([
    ['the namespace enforces what they need', [namespace('privileged')]],
    ['another namespace enforces baseline', [namespace('baseline', 'other')]],
    ['the quota is of another namespace', [quota(LIMITS, 'other')]],
    ['the quota counts requests, which they have', [quota('hard: {requests.cpu: 2, memory: 2Gi, pods: 10}')]],
    ['the quota is for some pods only', [quota(`${LIMITS}, scopes: [BestEffort]`)]],
  ])('are told nothing of where %s', (_, more) => expect(notesOf(group(), ...more)).toEqual([]));

  it('are told nothing of a quota where the group sets limits', () => expect(notesOf(group(ALL_LIMITED), quota(LIMITS))).toEqual([]));
});
