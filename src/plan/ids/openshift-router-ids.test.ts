import { describe, expect, it } from 'vitest';
import { fletcher8, openshiftRouterIds, reservedByOpenshift } from './openshift-router-ids.ts';

describe("the router ids of OpenShift's own addresses", () => {
  it.each<[string, number, number, number]>([
    ['ostest', 14, 93, 10],
    ['mycluster', 74, 137, 70],
    ['my-cluster', 154, 217, 150],
    ['test', 13, 28, 9],
    ['test-cluster', 147, 2, 158],
    ['ocp4', 222, 61, 218],
    ['ocp', 23, 134, 19],
    ['prod', 2, 33, 13],
    ['dev', 180, 99, 191],
    ['cluster', 5, 228, 1],
    ['openshift', 113, 95, 124],
    ['example', 221, 236, 217],
    ['hub', 84, 3, 95],
    ['sno', 6, 53, 2],
    ['a', 167, 38, 163],
    ['c', 89, 88, 85],
  ])('of cluster %s are %i for the API, %i for ingress, and once %i for DNS', (cluster, api, ingress, dns) => {
    expect(openshiftRouterIds(cluster)).toEqual([
      { name: 'APIVirtualRouterID', id: api },
      { name: 'IngressVirtualRouterID', id: ingress },
    ]);
    expect(openshiftRouterIds(cluster, { withDns: true }).map(({ id }) => id)).toEqual([api, dns, ingress]);
  });

  it.each<[string, number]>([
    ['', 0x00],
    ['a', 0x77],
    ['abcde', 0x50],
    ['abcdef', 0x2c],
    ['abcdefgh', 0x69],
    ['zzu-ingress', 0xee],
    ['ahe-ingress', 0x00],
  ])('rest on a checksum that is, for %j, %i', (text, sum) => {
    expect(fletcher8(new TextEncoder().encode(text))).toBe(sum);
  });

  it('wrap bytes at 256 before they are reduced', () => expect(fletcher8(Uint8Array.of(14, 250))).toBe(0x78));

  it('need a name', () => expect(() => openshiftRouterIds('')).toThrow('install-config'));

  it('are reserved with the reason', () => {
    expect(reservedByOpenshift('ocp')).toEqual([
      { id: 23, user: 'the OpenShift cluster ocp itself (APIVirtualRouterID)' },
      { id: 134, user: 'the OpenShift cluster ocp itself (IngressVirtualRouterID)' },
    ]);
  });
});
