import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aReport, aService } from '../../test/builders/object.ts';
import { plan } from './plan.ts';

const unfit = (node: string) => ({ ...aReport(node, 'r'), hints: [{ reason: 'VirtualMacUnfit', message: `${node} lacks it` }] });
const told = (virtualMAC: boolean, ...nodes: readonly string[]) => {
  const group = aGroup({ spec: { vrrp: { virtualMAC } } });
  return plan(anInput({ group, services: [aService('web', ['192.0.2.1'])], reports: nodes.map(unfit) })).problems;
};

describe('nodes without virtual MAC addresses', () => {
  it('are one hint on the group, in the words of the first, whichever answers first', () => {
    expect(told(true, 'n2', 'n1')).toEqual([
      {
        object: expect.objectContaining({ kind: 'KeepalivedGroup', name: 'vips' }),
        reason: 'VirtualMacUnfit',
        message: 'n1 lacks it. The same is to do on n2',
      },
    ]);
  });
  it('are named up to a limit', () => {
    const [hint] = told(true, ...Array.from({ length: 9 }, (_, index) => `n${index + 1}`));
    expect(hint?.message).toBe('n1 lacks it. The same is to do on n2, n3, n4, n5, n6 and 3 more');
  });
  it('are no hint where the group asks for none', () => {
    expect(told(false, 'n1')).toEqual([]);
  });
});
