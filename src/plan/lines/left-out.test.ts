import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aReport, aService } from '../../../test/builders/object.ts';
import type { LeftOut } from '../../api/node/report.ts';
import { plan } from '../plan.ts';

const GROUP = aGroup({ spec: { verbatimConfig: { vrrp_strict: '' } } });
const WEB = aService('web', ['192.0.2.1'], { annotations: { verbatim: '{"garp_master_delay": "1"}' } });
const line = (object: string, text: string, message = 'no'): LeftOut => ({ object, line: text, message });

/** The problems of a plan whose nodes report these lines, each node its own. */
const told = (...nodes: readonly (readonly LeftOut[])[]) => {
  const reports = nodes.map((leftOut, index) => {
    const report = aReport(`node${index + 1}`, 'r');
    return { ...report, config: { ...report.config, leftOut } };
  });
  const { problems } = plan(anInput({ group: GROUP, services: [WEB], reports }));
  return problems.map(({ object, reason, message }) => `${object.kind} ${object.name} ${reason} ${message}`);
};
const ofGroup = line('KeepalivedGroup web/vips', 'vrrp_strict', 'this is strict');
const ofService = line('Service web/web', 'garp_master_delay 1');

describe('a line that nodes leave out', () => {
  it('is a problem of the object that has it, in the words of keepalived', () => {
    expect(told([ofGroup, ofService])).toEqual([
      'KeepalivedGroup vips VerbatimRefused "vrrp_strict" is left out by the nodes, because keepalived refuses it: this is strict; correct or remove it',
      'Service web VerbatimRefused "garp_master_delay 1" is left out by the nodes, because keepalived refuses it: no; correct or remove it',
    ]);
  });

  it('is told once, in the same words whichever node answers first', () => {
    const other = { ...ofService, message: 'never' };
    expect(told([ofService], [other])).toHaveLength(1);
    expect(told([ofService], [other])).toEqual(told([other], [ofService]));
  });

  it.each([
    ['that the object no longer has', line('Service web/web', 'garp_master_delay 2')],
    ['of another Service', line('Service shop/web', 'garp_master_delay 1')],
    ['of nobody', line('', 'x')],
  ])('is nothing where it is one %s', (_, one) => {
    expect(told([one])).toEqual([]);
  });

  it('has a message of bounded length', () => {
    expect(told([{ ...ofService, message: 'x'.repeat(100_000) }])[0]?.length).toBeLessThan(500);
  });
});
