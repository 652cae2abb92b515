import { describe, expect, it } from 'vitest';
import { type Fault, isUndone, kindOf, touchedBy } from './fault.ts';
import { type Step, stepsOf } from './walk.ts';

const NODES = ['node1', 'node2', 'node3'];
const firstOf = (seed: number, count: number): Step[] => stepsOf(seed, NODES, count);
const MANY = [1, 2, 3, 4, 5].flatMap((seed) => firstOf(seed, 400));

describe('a walk', () => {
  it('is the same for the same seed', () => {
    expect(firstOf(7, 200)).toEqual(firstOf(7, 200));
  });

  it('is another one for another seed', () => {
    expect(firstOf(7, 20)).not.toEqual(firstOf(8, 20));
  });

  it('begins as the longer one of its seed does', () => {
    expect(firstOf(7, 200).slice(0, 12)).toEqual(firstOf(7, 12));
  });

  it('stays as it is written down, so that a seed of a report means the same in another version', () => {
    expect(firstOf(7, 2)).toMatchInlineSnapshot(`
      [
        {
          "acts": [
            {
              "at": 0,
              "fault": {
                "addresses": [
                  "192.0.2.230-192.0.2.245",
                ],
                "kind": "pool",
              },
              "lasts": 0,
            },
          ],
          "number": 1,
          "restMs": 7320,
        },
        {
          "acts": [
            {
              "at": 0,
              "fault": {
                "from": "client",
                "kind": "partition",
                "oneWay": true,
                "to": "node3",
              },
              "lasts": 8307,
            },
            {
              "at": 4442,
              "fault": {
                "kind": "delete-leader",
              },
              "lasts": 2878,
            },
          ],
          "number": 2,
          "restMs": 9478,
        },
      ]
    `);
  });

  it('leaves a node that no fault of a step touches', () => {
    const touched = MANY.map(({ acts }) => new Set(acts.flatMap(({ fault }) => touchedBy(fault))).size);
    expect(Math.max(...touched)).toBe(2);
  });

  it('never has more than two faults at once, and often one', () => {
    const counts = Map.groupBy(MANY, ({ acts }) => acts.length);
    expect([...counts.keys()].sort()).toEqual([1, 2]);
    expect(counts.get(1)?.length).toBeGreaterThan(MANY.length / 2);
  });

  it('begins the second fault while the first lasts', () => {
    for (const { acts } of MANY) if (acts.length === 2) expect(acts[1]?.at).toBeLessThanOrEqual(acts[0]?.lasts ?? 0);
  });

  it('undoes what a step can undo, and rests after it', () => {
    for (const { acts, restMs } of MANY) {
      for (const { fault, lasts } of acts) expect(lasts > 0).toBe(isUndone(fault));
      expect(restMs).toBeGreaterThanOrEqual(4000);
    }
  });

  it('comes to every kind of fault', () => {
    const kinds = new Set(MANY.flatMap(({ acts }) => acts.map(({ fault }) => kindOf(fault))));
    const programs = ['keepalived', 'agent', 'manager', 'kubelet', 'kube-proxy', 'kube-apiserver'];
    for (const program of programs) for (const kind of ['kill', 'pause']) expect(kinds).toContain(`${kind} ${program}`);
    expect(kinds).toContain('pause etcd');
    expect(kinds).not.toContain('kill etcd'); // It would forget what it has acknowledged.
    expect(kinds).toContain('nothing from node to node');
    expect([...kinds].length).toBeGreaterThan(28);
  });

  it('gives no address to two Services, and deletes only what it made', () => {
    const there = new Map<string, string>();
    const services = firstOf(3, 1000).flatMap(({ acts }) => acts.map(({ fault }) => fault));
    for (const fault of services.filter((one): one is Extract<Fault, { kind: 'service' }> => one.kind === 'service')) {
      if (fault.wanted === null) {
        expect(there.delete(fault.name)).toBe(true);
        continue;
      }
      there.set(fault.name, fault.wanted.address);
      const external = [...there.values()].filter((address) => address !== 'pool');
      expect(new Set(external).size).toBe(external.length);
    }
  });
});
