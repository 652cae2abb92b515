import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aService } from '../../../test/builders/object.ts';
import { isHint } from '../../api/problem.ts';
import { print } from '../../conf/print.ts';
import { plan } from '../plan.ts';
import type { Surroundings } from './exclusive-lines.ts';
import { type Permission, serviceVerbatim } from './service-verbatim.ts';

const SURROUNDINGS: Surroundings & Permission = {
  group: 'web/vips',
  fence: { allowsKeyword: () => false },
  runsScripts: false,
  settings: { version: 2, advertInterval: 1000, preempt: true },
  isUnicast: false,
  families: new Set(['IPv4']),
};
const verbatimOf = (text: string, around: Partial<Surroundings & Permission> = {}) => {
  const service = aService('a', ['192.0.2.1'], { annotations: { verbatim: text } });
  const { lines, problems } = serviceVerbatim(service, { ...SURROUNDINGS, ...around });
  return { text: print(lines), reasons: problems.map(({ reason }) => reason) };
};

describe('the verbatim annotation', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['gives lines', '{"advert_int": "2", "garp_master_delay": "1"}', 'advert_int 2\ngarp_master_delay 1\n', []],
    ['gives a bare keyword for an empty value', '{"nopreempt": ""}', 'nopreempt\n', []],
    ['takes numbers as they are meant', '{"garp_master_repeat": 3}', 'garp_master_repeat 3\n', []],
    ['is nothing when empty', ' ', '', []],
    ['is told when it is not JSON', '{nopreempt}', '', ['VerbatimMalformed']],
    ['is told when it is no object of strings', '["nopreempt"]', '', ['VerbatimMalformed']],
    ['is told when a value is an object', '{"track_interface": {"eth1": ""}}', '', ['VerbatimMalformed']],
    [
      'runs nothing, and the other lines stay',
      '{"notify": "\\"/bin/sh -c reboot\\" root", "nopreempt": ""}',
      'nopreempt\n',
      ['VerbatimRefused'],
    ],
    ['opens no block', '{"nopreempt": "}\\n}\\nglobal_defs {"}', '', ['VerbatimRefused']],
    ['reads no file', '{"include": "/etc/passwd"}', '', ['VerbatimRefused']],
    ['changes no id', '{"virtual_router_id": "1"}', '', ['VerbatimRefused']],
    [
      'has no value that keepalived would refuse the whole file for',
      '{"priority": "256", "nopreempt": ""}',
      'nopreempt\n',
      ['VerbatimRefused'],
    ],
    ['takes the example of the Go operator', '{ "track_src_ip": "" }', 'track_src_ip\n', []],
    ['leaves the order of the nodes to the planner', '{"priority": "254"}', '', ['VerbatimRefused']],
    ['leaves the address that adverts come from to the nodes', '{"mcast_src_ip": "192.0.2.9"}', '', ['VerbatimRefused']],
    ['lets nodes reload at different moments', '{"skip_check_adv_addr": "off"}', '', ['VerbatimRefused']],
    ['has no keyword of another object', '{"constructor": "1"}', '', ['VerbatimRefused']],
  ])('%s', (_, text, lines, reasons) => {
    expect(verbatimOf(text)).toEqual({ text: lines, reasons });
  });

  it.each<[string, string, Partial<Surroundings>, string, readonly string[]]>([
    ['a delay without preemption', '{"nopreempt": "", "preempt_delay": "5"}', {}, 'nopreempt\n', ['VerbatimRefused']],
    ['MASTER without preemption', '{"nopreempt": "", "state": "MASTER"}', {}, 'nopreempt\n', ['VerbatimRefused']],
    ['MASTER with a delay', '{"preempt_delay": "5", "state": "MASTER"}', {}, 'preempt_delay 5\n', ['VerbatimRefused']],
    ['a virtual MAC alone in a unicast group', '{"use_vmac": ""}', { isUnicast: true }, '', ['VerbatimRefused']],
    [
      'a virtual MAC that the group gives already',
      '{"use_vmac": "", "vmac_xmit_base": ""}',
      { settings: { version: 2, advertInterval: 1000, preempt: true, virtualMac: true } },
      '',
      ['VerbatimRefused', 'VerbatimRefused'],
    ],
    ['both kinds of preemption', '{"nopreempt": "", "preempt": ""}', {}, 'preempt\n', ['VerbatimRefused']],
    ['half a second under version 2', '{"advert_int": "0.5"}', {}, '', ['VerbatimRefused']],
    ['half a second under version 3 is fine', '{"advert_int": "0.5", "version": "3"}', {}, 'advert_int 0.5\nversion 3\n', []],
    ['an interval that only IPv4 can have', '{"advert_int": "60"}', { families: new Set(['IPv4', 'IPv6']) }, '', ['VerbatimRefused']],
    ['the other family', '{"native_ipv6": ""}', {}, '', ['VerbatimRefused']],
    ['unicast words in a multicast group', '{"unicast_ttl": "5"}', {}, '', ['VerbatimRefused']],
    ['unicast words in a unicast group are fine', '{"unicast_ttl": "5"}', { isUnicast: true }, 'unicast_ttl 5\n', []],
    [
      'a delay where the group has no preemption',
      '{"preempt_delay": "5"}',
      { settings: { version: 2, advertInterval: 1000, preempt: false } },
      '',
      ['VerbatimRefused'],
    ],
  ])('keeps what goes together: %s', (_, text, around, lines, reasons) => {
    expect(verbatimOf(text, around)).toEqual({ text: lines, reasons });
  });
});

describe('a verbatim line that no Service may set', () => {
  it.each<[string, string]>([
    ['include', 'it includes a file'],
    ['virtual_router_id', 'the operator sets it'],
    ['track_script', 'it opens a block'],
    ['@node1 notify', 'its keyword is not one word'],
    ['smtp_alert', 'a Service may not set smtp_alert by itself'],
  ])('says why: %s', (keyword, because) => {
    const service = aService('a', ['192.0.2.1'], { annotations: { verbatim: JSON.stringify({ [keyword]: 'x' }) } });
    expect(serviceVerbatim(service, SURROUNDINGS).problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining(because) }),
    ]);
  });
});

describe('a line use_vmac, which changes settings of the kernel', () => {
  const planOf = (address: string, virtualMAC: boolean) => {
    const service = aService('a', [address], { annotations: { verbatim: '{"use_vmac": ""}' } });
    const { routers, problems } = plan(anInput({ group: aGroup({ spec: { vrrp: { virtualMAC } } }), services: [service] }));
    return { lines: print(routers.flatMap(({ verbatim }) => verbatim)), problems };
  };
  it('is carried, and the Service is told what it leaves behind and what to write instead', () => {
    const { lines, problems } = planOf('192.0.2.1', false);
    expect(lines).toBe('use_vmac\n');
    expect(problems).toEqual([
      {
        object: expect.objectContaining({ kind: 'Service', name: 'a' }),
        reason: 'KernelSettingsRemain',
        message:
          '"use_vmac" has keepalived set arp_ignore and arp_filter of the interface to 1 on every node, and they stay so when it ends; remove the line, and have the owner of KeepalivedGroup web/vips set spec.vrrp.virtualMAC to true instead',
      },
    ]);
    expect(problems.every(isHint)).toBe(true);
  });
  it('of a Service with IPv6 alone changes none, and nothing is said', () => {
    expect(planOf('2001:db8::1', false)).toEqual({ lines: 'use_vmac\n', problems: [] });
  });
  it('is left out where the group does it', () => {
    const { lines, problems } = planOf('192.0.2.1', true);
    expect({ lines, reasons: problems.map(({ reason }) => reason) }).toEqual({ lines: '', reasons: ['VerbatimRefused'] });
  });
});
