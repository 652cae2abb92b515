import { describe, expect, it } from 'vitest';
import { readObjects } from './read-objects.ts';

const namesIn = (...texts: readonly string[]): string[] =>
  readObjects(
    texts.map((text, index) => ({ name: `file${index}.yaml`, text })),
    'here',
  ).objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`);

const service = (name: string, more = ''): string => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}${more}}`;

describe('objects in files', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['come from every document of every file', [`${service('a')}\n---\n${service('b')}`, service('c')], ['a', 'b', 'c']],
    [
      'are in the namespace that is said when they name none',
      ['{apiVersion: v1, kind: Service, metadata: {name: a, namespace: x}}'],
      ['x/a'],
    ],
    ['come out of lists', [`{apiVersion: v1, kind: List, items: [${service('a')}, ${service('b')}]}`], ['a', 'b']],
    ['come out of lists of their kind', ['{apiVersion: v1, kind: ServiceList, items: [{metadata: {name: a}}]}'], ['a']],
    [
      'come out of lists in lists',
      [`{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [${service('a')}]}]}`],
      ['a'],
    ],
    ['are passed over when their kind decides nothing', ['{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}'], []],
    ['may hold fields that are null', [service('a', ', spec: {externalIPs: null}, status: null')], ['a']],
  ])('%s', (_, texts, names) => {
    expect(namesIn(...texts)).toEqual(names.map((name) => (name.includes('/') ? `Service ${name}` : `Service here/${name}`)));
  });

  it('may hold amounts as numbers and as texts', () => {
    const spec = '{resources: {agent: {limits: {cpu: 1, memory: 1Gi}}}}';
    expect(namesIn(`{apiVersion: redhatcop.redhat.io/v1alpha1, kind: KeepalivedGroup, metadata: {name: a}, spec: ${spec}}`)).toEqual([
      'KeepalivedGroup here/a',
    ]);
  });

  it('come from a folder without what is no object in it: values of a chart, a list of names', () => {
    const files = {
      'd/a.yaml': service('a'),
      'd/kustomization.yaml': 'resources: [a.yaml]',
      'd/names.yaml': `${service('b')}\n---\njust words`,
    };
    const sources = Object.entries(files).map(([name, text]) => ({ name, text, isFromFolder: true }));
    const { objects, leftOut } = readObjects(sources, 'here');
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(leftOut).toEqual([
      'd/kustomization.yaml: the object has no kind; every Kubernetes object has one; left out',
      'd/names.yaml, document 2: found string "just words", expected a Kubernetes object; left out',
    ]);
  });

  it('have no namespace where their kind has none', () => {
    expect(namesIn('{apiVersion: v1, kind: Node, metadata: {name: node1}}')).toEqual(['Node -/node1']);
  });

  it.each<[string, readonly string[], string]>([
    ['a text that is not YAML', [service('a'), 'a: ['], 'file1.yaml, line 1, column 5: '],
    [
      'a document that is no object',
      [`${service('a')}\n---\njust words`],
      'file0.yaml, document 2: found string "just words", expected a Kubernetes object',
    ],
    ['an object without a kind', ['a: 1'], 'file0.yaml: the object has no kind'],
    [
      'an item without a name',
      [`{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service}]}`],
      'file0.yaml, item 1: the Service has no metadata.name',
    ],
    ['an object with an impossible name', [service('"a{"')], 'file0.yaml: "Service here/a{": Kubernetes takes names of a-z'],
    ['an object that comes twice', [service('a'), service('a')], 'file1.yaml: Service here/a is in file0.yaml already'],
    [
      'a text in the place of a list',
      [service('a', ', spec: {externalIPs: 192.0.2.1}')],
      'file0.yaml: Service here/a: spec.externalIPs is the text "192.0.2.1", expected a list',
    ],
    [
      'a value that YAML takes for a truth',
      ['{apiVersion: v1, kind: Node, metadata: {name: node1, labels: {ka: yes}}}'],
      'file0.yaml: Node node1: metadata.labels.ka is the boolean true, expected a string: write it in quotes',
    ],
    [
      'a list whose item lacks a field',
      ['{apiVersion: v1, kind: Node, metadata: {name: a}, status: {addresses: [{type: InternalIP}]}}'],
      'Node a: status.addresses[0] has no address',
    ],
    [
      'an address that is an object',
      [service('a', ', status: {loadBalancer: {ingress: [{ip: {}}]}}')],
      'status.loadBalancer.ingress[0].ip is an object',
    ],
  ])('can not be read: %s', (_, texts, message) => {
    expect(() => namesIn(...texts)).toThrow(message);
  });
});
