import { describe, expect, it } from 'vitest';
import type { Answer } from '../answer.ts';
import { answerMigrateCheck } from './command.ts';

const group = (name: string, spec: object = {}, routerIDs: Readonly<Record<string, number>> = {}): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'KeepalivedGroup',
  metadata: { name, namespace: 'ops' },
  spec: { interface: 'eth0', ...spec },
  status: { routerIDs },
});
const service = (name: string, address: string, annotations: object = {}, creationTimestamp = '2024-01-01T00:00:00Z'): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...{ name, namespace: 'web', creationTimestamp },
    annotations: { 'keepalived-operator.redhat-cop.io/keepalivedgroup': 'ops/vips', ...annotations },
  },
  spec: { externalIPs: [address] },
});
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1', labels: {} } };

const check = (...objects: readonly object[]): Answer =>
  answerMigrateCheck([{ name: 'in.yaml', text: [NODE, ...objects].map((object) => JSON.stringify(object)).join('\n---\n') }], 'default');

describe('kubectl keepalived migrate-check', () => {
  it('says of a sound group what is replaced, and that nothing is lost', () => {
    const { stdout, status } = check(group('vips', {}, { 'web/a': 7 }), service('a', '192.0.2.1'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^KeepalivedGroup ops\/vips: 1 address carried\n {2}note {4}keepalived comes from the operator's own image/);
    expect(stdout).not.toMatch(/LOST|changed/);
  });

  it.each([
    [
      'an address that two Services ask for',
      [service('a', '192.0.2.1'), service('b', '192.0.2.1', {}, '2025-01-01T00:00:00Z')],
      'LOST    Service web/b: 192.0.2.1 will not be carried: 192.0.2.1 belongs to Service web/a',
    ],
    ['a text that is not an address', [service('a', '192.0.2.300')], 'LOST    Service web/a: 192.0.2.300 will not be carried'],
  ])('counts as lost %s, with exit status 1', (_, services, sentence) => {
    const { stdout, status } = check(group('vips'), ...services);
    expect(stdout).toContain(sentence);
    expect(status).toBe(1);
  });

  it('loses no address that a Node came to list while the Go operator served it', () => {
    const holder = { ...NODE, metadata: { name: 'node2' }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } };
    const { stdout, status } = check(holder, group('vips', {}, { 'web/a': 7 }), service('a', '192.0.2.1'));
    expect(stdout).toMatch(/^KeepalivedGroup ops\/vips: 1 address carried\n/);
    expect([status, /LOST/.test(stdout)]).toEqual([0, false]);
  });

  it.each([
    [
      'a line that a Service may not set',
      check(group('vips'), service('a', '192.0.2.1', { 'keepalived-operator.redhat-cop.io/verbatimconfig': '{"notify": "/bin/x"}' })),
      'changed Service web/a: VerbatimRefused',
    ],
    [
      'an id that is blacklisted now',
      check(group('vips', { blacklistRouterIDs: [7] }, { 'web/a': 7 }), service('a', '192.0.2.1')),
      'changed virtual router id of web/a changes from 7 to 1',
    ],
    [
      'a malformed annotation',
      check(group('vips'), service('a', '192.0.2.1', { 'keepalived-operator.redhat-cop.io/keepalivedgroup': 'vips' })),
      'changed Service web/a: its annotation is not namespace/name',
    ],
    ['an id of a Service that is gone', check(group('vips', {}, { 'web/gone': 3 })), 'note    virtual router id 3 of web/gone is given up'],
    ['two groups on one node', check(group('vips'), group('other')), 'note    node1 also run ops/vips'],
    [
      'an image of its own',
      check(group('vips', { image: 'example.org/keepalived:2.2' })),
      'note    keepalived goes on coming from example.org/keepalived:2.2',
    ],
  ])('tells of %s', (_, { stdout, status }, sentence) => {
    expect(stdout).toContain(sentence);
    expect(status).toBe(0);
  });

  it('says when the input can not be read', () =>
    expect(answerMigrateCheck([{ name: 'x', text: '{' }], 'default')).toMatchObject({ status: 1, stdout: '' }));
});
