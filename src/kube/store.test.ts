import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from './object.ts';
import { type Change, Store } from './store.ts';

type Labelled = KubeObject;
const object = (name: string, version: string, labels: Record<string, string> = {}): Labelled => ({
  metadata: { namespace: 'web', name, resourceVersion: version, labels },
});

describe('a store', () => {
  let store: Store<Labelled>;
  let changes: string[];
  const told = ({ key, before, after }: Change<Labelled>): string =>
    `${key} ${before?.metadata.resourceVersion ?? '-'}>${after?.metadata.resourceVersion ?? '-'}`;
  beforeEach(() => {
    changes = [];
    store = new Store<Labelled>({ color: ({ metadata }) => metadata.labels?.color?.split(' ') ?? [] });
    store.onChange((change) => changes.push(told(change)));
  });

  it('lists by key, in whatever order objects come', () => {
    for (const name of ['b', 'c', 'a']) store.set(object(name, '1'));
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(store.size).toBe(3);
  });

  it('tells of each change with before and after', () => {
    store.set(object('a', '1'));
    store.set(object('a', '2'));
    store.delete('web/a');
    expect(changes).toEqual(['web/a ->1', 'web/a 1>2', 'web/a 2>-']);
  });

  it('tells nothing of the deletion of what it does not hold', () => {
    store.delete('web/a');
    expect(changes).toEqual([]);
  });

  it('takes a whole list: tells what is gone, new and changed, not what is the same', () => {
    store.replace([object('a', '1'), object('b', '1'), object('c', '1')]);
    changes = [];
    store.replace([object('b', '1'), object('c', '2'), object('d', '1')]);
    expect(changes).toEqual(['web/a 1>-', 'web/c 1>2', 'web/d ->1']);
  });

  it('finds by index, through changes and deletions', () => {
    store.set(object('a', '1', { color: 'red blue' }));
    store.set(object('b', '1', { color: 'red' }));
    expect(store.byIndex('color', 'red').map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    store.set(object('a', '2', { color: 'blue' }));
    expect(store.byIndex('color', 'red').map(({ metadata }) => metadata.name)).toEqual(['b']);
    store.delete('web/a');
    expect(store.byIndex('color', 'blue')).toEqual([]);
  });

  it('knows no index that it was not given', () => {
    store.set(object('a', '1'));
    expect(store.byIndex('size', 'large')).toEqual([]);
  });
});
