import { describe, expect, it } from 'vitest';
import { aGroup, aNode, anInput, manyServices } from '../../../test/builders/object.ts';
import type { KeepalivedGroup, KeepalivedGroupSpec } from '../../api/group/keepalived-group.ts';
import { type Plan, plan } from '../plan.ts';

/** A group that runs already, at the newest defaults: an advert each 100 ms for each virtual router. */
const running = (name: string, routers: number, planned: number, spec: KeepalivedGroupSpec = {}): KeepalivedGroup =>
  aGroup({
    name,
    spec: { segment: name, ...spec },
    status: {
      defaultsGeneration: 2,
      routerIDs: Object.fromEntries(Array.from({ length: routers }, (_, index) => [`web/${name}${index}`, index + 1])),
      virtualIPs: { planned, observed: planned },
    },
  });
const planned = (otherGroups: readonly KeepalivedGroup[], addresses = 10): Plan =>
  plan(anInput({ group: running('vips', 0, 0), otherGroups, services: manyServices(addresses) }));
const hints = ({ problems }: Plan): string[] =>
  problems.flatMap(({ reason, object, message }) => (reason === 'NodesSendMuch' ? [`${object.kind}/${object.name}: ${message}`] : []));

const ten = Array.from({ length: 10 }, (_, index) => running(`n${index}`, 100, 100));

describe('groups on the same nodes', () => {
  it('are told what a node can come to send for all of them, by figure, with what to do', () => {
    expect(hints(planned(ten))).toEqual([
      'KeepalivedGroup/vips: node1 sends about 10000 adverts a second when it is the last node left: about 100 for this group, the others for web/n0, web/n1, web/n2 and 7 more. Up to 5100 were measured without a late advert. Raise spec.vrrp.advertIntervalMilliseconds, or run some of these groups on other nodes (spec.nodeSelector)',
    ]);
  });

  it.each<[string, readonly KeepalivedGroup[], RegExp]>([
    [
      'of gratuitous ARPs at once',
      [running('large', 32, 5000), running('larger', 32, 5100)],
      /about 10000 gratuitous ARPs at once .*web\/larger, web\/large\..*gratuitousARP\.repeats/,
    ],
    [
      'of gratuitous ARPs at rest',
      [
        running('often', 2, 500, { vrrp: { gratuitousARP: { refreshSeconds: 1 } } }),
        running('too', 2, 600, { vrrp: { gratuitousARP: { refreshSeconds: 1 } } }),
      ],
      /about 1100 gratuitous ARPs a second .*refreshSeconds/,
    ],
  ])('are told %s', (_, others, expected) => expect(hints(planned(others))).toEqual([expect.stringMatching(expected)]));

  it.each<[string, readonly KeepalivedGroup[]]>([
    ['send what was measured', ten.slice(0, 5)],
    ['send slowly', ten.map((one) => ({ ...one, spec: { ...one.spec, vrrp: { advertIntervalMilliseconds: 1000 } } }))],
    ['run on other nodes', ten.map((one) => ({ ...one, spec: { ...one.spec, nodeSelector: { rack: 'b' } } }))],
    ['are new and carry nothing', ten.map(({ status: _, ...one }) => one)],
  ])('are told nothing where they %s', (_, others) => expect(hints(planned(others))).toEqual([]));

  it('counts for each node those that it runs', () => {
    const nodes = ['a', 'b', 'c'].map((rack, index) => aNode(`node${index + 1}`, { labels: { rack } }));
    const spread = ten.map((one, index) => ({
      ...one,
      spec: { ...one.spec, nodeSelector: { rack: index < 6 ? 'a' : index < 8 ? 'b' : 'c' } },
    }));
    const decided = plan(anInput({ group: running('vips', 0, 0), otherGroups: spread, nodes, services: manyServices(10) }));
    expect(hints(decided)).toEqual([expect.stringMatching(/^KeepalivedGroup\/vips: node1 sends about 6100 adverts a second .*and 3 more/)]);
  });

  it('says the same words while a Service comes or goes', () => {
    expect(hints(planned(ten, 12))).toEqual(hints(planned(ten, 10)));
  });
});
