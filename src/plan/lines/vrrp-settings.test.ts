import { describe, expect, it } from 'vitest';
import { aGroup } from '../../../test/builders/object.ts';
import type { KeepalivedGroupSpec, VrrpSpec } from '../../api/group/keepalived-group.ts';
import { advertSeconds, type VrrpSettings, vrrpSettings } from './vrrp-settings.ts';

const DEFAULTS: VrrpSettings = { version: 2, advertInterval: 1000, preempt: true };
const judged = (vrrp: VrrpSpec, more: KeepalivedGroupSpec = {}) => vrrpSettings(aGroup({ spec: { vrrp, ...more } }));

describe('the VRRP settings of a group', () => {
  it.each<[string, VrrpSpec, Partial<VrrpSettings>]>([
    ['are version 2 once a second, with preemption, when nothing is said', {}, {}],
    ['are what the group says', { version: 3, advertIntervalMilliseconds: 250 }, { version: 3, advertInterval: 250 }],
    ['may delay preemption', { preemptDelaySeconds: 60 }, { preemptDelay: 60 }],
    ['may do without it', { preempt: false }, { preempt: false }],
    ['may give each virtual router a MAC address', { virtualMAC: true }, { virtualMac: true }],
    ['say nothing of one that is not asked for', { virtualMAC: false }, {}],
    ['say how often gratuitous ARPs are sent', { gratuitousARP: { repeats: 2, refreshSeconds: 0 } }, { arpRepeats: 2, arpRefresh: 0 }],
  ])('%s', (_, vrrp, expected) => {
    expect(judged(vrrp)).toEqual({ settings: { ...DEFAULTS, ...expected }, problems: [] });
  });

  it.each<[string, VrrpSpec, KeepalivedGroupSpec, Partial<VrrpSettings>, string]>([
    ['a delay without preemption', { preempt: false, preemptDelaySeconds: 5 }, {}, { preempt: false }, 'preemptDelaySeconds has no effect'],
    ['a version that is none', { version: 4 }, {}, {}, 'expected 2-3'],
    ['an interval that is not in steps of keepalived', { version: 3, advertIntervalMilliseconds: 15 }, {}, { version: 3 }, 'steps of 10'],
    ['an interval that version 2 can not say', { advertIntervalMilliseconds: 250 }, {}, { advertInterval: 250 }, 'IPv4 uses 1 s. Set'],
    ['two versions', { version: 2 }, { verbatimConfig: { vrrp_version: '3' } }, { version: 3 }, 'the verbatim line is used'],
  ])('tell %s, and choose what is safe', (_, vrrp, more, expected, message) => {
    const { settings, problems } = judged(vrrp, more);
    expect(settings).toEqual({ ...DEFAULTS, ...expected });
    expect(problems).toEqual([expect.objectContaining({ reason: 'VrrpSettingsConflict', message: expect.stringContaining(message) })]);
  });

  it('are rounded up for version 2, so that no node waits for adverts that come later', () => {
    expect([250, 1000, 1500].map((interval) => advertSeconds(interval, 2))).toEqual([1, 1, 2]);
    expect([250, 1000, 1500].map((interval) => advertSeconds(interval, 3))).toEqual([0.25, 1, 1.5]);
  });
});
