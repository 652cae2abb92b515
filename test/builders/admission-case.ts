/**
 * What Services ask for and what becomes of it: the planner (src/admission/admission.test.ts) and a real API server with the admission
 * policies (test/api/admission.test.ts) judge the same table.
 */
import type { Service } from '../../src/api/core.ts';
import type { FencesSpec } from '../../src/api/group/keepalived-group.ts';
import type { Reason } from '../../src/api/problem.ts';
import { aService, type ServiceOptions } from './object.ts';

export interface AdmissionCase {
  readonly name: string;
  readonly fences?: FencesSpec;
  /** The group's `spec.verbatimConfig`. */
  readonly globals?: Readonly<Record<string, string>>;
  readonly addresses?: readonly string[];
  readonly annotations?: ServiceOptions['annotations'];
  readonly namespace?: string;
  /** What the planner says; absent when it carries everything. */
  readonly reason?: Reason;
  /** What the refusal at admission says; absent when it lets the Service be. Where only this is absent, CEL can't judge. */
  readonly refusal?: string;
}

const OK = '192.0.2.9';
const verbatim = (lines: Readonly<Record<string, unknown>> | string) => ({
  annotations: { verbatim: typeof lines === 'string' ? lines : JSON.stringify(lines) },
});
const refusedLine = (name: string, lines: Readonly<Record<string, unknown>> | string, refusal: string): AdmissionCase => ({
  name,
  ...verbatim(lines),
  reason: 'VerbatimRefused',
  refusal,
});
const MANY_KEYS = Array.from({ length: 60 }, (_, at) => `smtp_alert${at}`);
const CLOSED: FencesSpec = {
  addresses: ['192.0.2.0/28', '192.0.2.100-192.0.2.110', '198.51.100.7', '2001:db8::/64', '2001:db8:1::a-2001:db8:1::f'],
};
const outside = (address: string): AdmissionCase => ({
  name: `address ${address}, which the group may not carry`,
  fences: CLOSED,
  addresses: [address],
  reason: 'AddressNotAllowed',
  refusal: `${address} is not among spec.fences.addresses of KeepalivedGroup`,
});
const inside = (address: string): AdmissionCase => ({
  name: `address ${address}, which the group may carry`,
  fences: CLOSED,
  addresses: [address],
});
const noHost = (address: string): AdmissionCase => ({
  name: `address ${address}`,
  addresses: [address],
  reason: 'AddressReserved',
  refusal: `${address} in spec.externalIPs is not an address of a single host`,
});

/** 256 ranges that hold 200 addresses: in none of the first, in all of the last. */
const MANY_RANGES = Array.from({ length: 256 }, (_, at) => (at === 255 ? '10.0.0.0-10.255.255.255' : `198.18.${at}.1-198.18.${at}.9`));
const MANY_ADDRESSES = Array.from({ length: 200 }, (_, at) => `10.0.1.${at}`);

export const ADMISSION_CASES: readonly AdmissionCase[] = [
  { name: 'an address and nothing else' },
  ...[...['192.0.2.0', '192.0.2.15', '192.0.2.100', '192.0.2.110', '198.51.100.7', '2001:db8::1', '2001:db8:1::b'].map(inside)],
  ...[...['192.0.2.16', '192.0.2.99', '192.0.2.111', '198.51.100.8'].map(outside)],
  {
    name: 'an address beyond a prefix of IPv6',
    fences: { addresses: ['2001:db8::/64', '192.0.2.0-192.0.2.255'] },
    addresses: ['2001:db9::1'],
    reason: 'AddressNotAllowed',
    refusal: '2001:db9::1 is not among spec.fences.addresses',
  },
  {
    name: 'an address beyond a range of IPv6, which only the planner can judge',
    fences: CLOSED,
    addresses: ['2001:db8:2::1'],
    reason: 'AddressNotAllowed',
  },
  {
    name: 'an address that the group excludes',
    fences: { excludedAddresses: ['192.0.2.1', '192.0.2.8-192.0.2.10'] },
    reason: 'AddressNotAllowed',
    refusal: '192.0.2.9 is among spec.fences.excludedAddresses',
  },
  { name: 'an address beside those that the group excludes', fences: { excludedAddresses: ['192.0.2.1', '192.0.2.10-192.0.2.12'] } },
  ...['239.1.2.3', '255.255.255.255', '0.1.2.3', 'ff0e::1'].map(noHost),
  {
    name: 'a fence with entries that are none',
    fences: { addresses: ['a-b', '1.2-3.4', '192.0.2.300-192.0.2.310', '192.0.2.20-192.0.2.1', 'abc'] },
    reason: 'AddressNotAllowed',
    refusal: '192.0.2.9 is not among spec.fences.addresses',
  },
  {
    name: 'an address beside entries that are none',
    fences: { addresses: ['a-b', '192.0.2.0/28'], excludedAddresses: ['a-b', '1.2-3.4'] },
  },
  { name: 'a prefix that only the planner reads', fences: { addresses: ['192.0.2.0/028'] } },
  {
    name: 'an address outside of a prefix that only the planner reads',
    fences: { addresses: ['198.51.100.0/024'] },
    reason: 'AddressNotAllowed',
  },
  {
    name: 'as many addresses as a Service may have, one of them twice',
    fences: { addressesPerService: 2 },
    addresses: ['2001:db8::1', '2001:DB8:0::1', OK],
  },
  { name: 'so many addresses and ranges that only the planner judges them', fences: { addresses: MANY_RANGES }, addresses: MANY_ADDRESSES },
  {
    name: 'so many addresses that only the planner judges them',
    addresses: ['239.1.2.3', ...MANY_ADDRESSES, ...MANY_ADDRESSES.map((text) => text.replace('10.', '11.'))],
    reason: 'AddressReserved',
  },
  {
    name: 'more addresses than a Service may have',
    fences: { addressesPerService: 1 },
    addresses: [OK, '192.0.2.10'],
    reason: 'TooManyAddresses',
    refusal: 'the Service asks for 2 addresses',
  },
  { name: 'as many addresses as a Service may have', fences: { addressesPerService: 2 }, addresses: [OK, '192.0.2.10'] },
  {
    name: 'more addresses than a namespace may have, which only the planner can count',
    fences: { addressesPerNamespace: 1 },
    addresses: [OK, '192.0.2.10'],
    reason: 'TooManyAddresses',
  },
  {
    name: 'more virtual routers of their own than a namespace may have, which only the planner can count',
    fences: { routersPerNamespace: 0 },
    ...verbatim({ advert_int: '2' }),
    reason: 'TooManyRouters',
  },
  {
    name: 'a namespace that may not use the group',
    fences: { namespaces: ['shop'] },
    reason: 'NamespaceNotAllowed',
    refusal: 'may not use KeepalivedGroup',
  },

  {
    name: 'safe lines',
    ...verbatim({
      advert_int: '2',
      garp_master_delay: '4294',
      nopreempt: '',
      accept: 'x y',
      lower_prio_no_advert: 'on',
      garp_master_repeat: 3,
    }),
  },
  { name: 'safe lines with blank space', ...verbatim(' {\n "advert_int" : "0.5" , "version":"3"}\n') },
  { name: 'a value with blank space around', ...verbatim({ garp_master_repeat: ' 3 ' }) },
  { name: 'the example of the Go operator', ...verbatim({ track_src_ip: '' }) },
  { name: 'a priority, which only the planner judges', ...verbatim({ priority: 150 }), reason: 'VerbatimRefused' },
  { name: 'no lines', ...verbatim('{}') },
  { name: 'a keyword with an escape, of which CEL reads nothing', ...verbatim('{"\\u0061ccept": ""}'), refusal: 'no Service may set this' },
  { name: 'a value with an escape, which only the planner reads', ...verbatim('{"down_timer_adverts": "\\u0031"}') },
  {
    name: 'a forbidden keyword with an escape',
    ...verbatim('{"\\u0069nclude": "x"}'),
    reason: 'VerbatimRefused',
    refusal: 'no Service may set this',
  },
  { name: 'a number with an exponent, which only the planner reads', ...verbatim('{"down_timer_adverts": 1e2}') },
  { name: 'a whole number with a fraction of nothing', ...verbatim('{"down_timer_adverts": 100.0}') },
  { name: 'a number that is too great, with an exponent', ...verbatim('{"down_timer_adverts": 1e3}'), reason: 'VerbatimRefused' },
  { name: 'blank space that JSON does not know', ...verbatim('\u00a0\u2003') },
  {
    name: 'a keyword twice, of which the planner takes the last',
    ...verbatim('{"down_timer_adverts": "300", "down_timer_adverts": "100"}'),
    refusal: '"down_timer_adverts": "300"',
  },
  {
    name: 'more lines than a Service may have, which only the planner counts',
    fences: { verbatimKeys: MANY_KEYS },
    ...verbatim(Object.fromEntries(MANY_KEYS.map((key) => [key, 'x'.repeat(60)]))),
    reason: 'VerbatimRefused',
  },
  {
    name: 'an annotation that is too long for CEL',
    ...verbatim(`{${' '.repeat(9000)}"include": "x"}`),
    reason: 'VerbatimRefused',
  },
  {
    name: 'a value that keepalived.conf can not hold, which only the planner knows',
    ...verbatim({ accept: '}' }),
    reason: 'VerbatimRefused',
  },
  ...['\u00a0{}', '{"down_timer_adverts": 01}', '{\f}', '{"down_timer_adverts": +1}', '{"down_timer_adverts": .5}'].map(
    (text): AdmissionCase => ({
      name: `the annotation ${JSON.stringify(text)}`,
      ...verbatim(text),
      reason: 'VerbatimMalformed',
      refusal: 'is not a JSON object of strings',
    }),
  ),
  { name: 'a blank annotation', ...verbatim(' ') },
  ...[
    '{nopreempt}',
    '["nopreempt"]',
    '{"track_interface": {"eth1": ""}}',
    '{"nopreempt": ""',
    '{"nopreempt": "" "accept": ""}',
    'null',
    '{"nopreempt": null}',
  ].map(
    (text): AdmissionCase => ({
      name: `the annotation ${text}`,
      ...verbatim(text),
      reason: 'VerbatimMalformed',
      refusal: 'is not a JSON object of strings',
    }),
  ),
  refusedLine('a priority out of range', { priority: '256' }, 'the keyword does not take this value'),
  refusedLine('a priority that is not a number', { priority: '1}' }, 'the keyword does not take this value'),
  refusedLine('an address that is none', { mcast_src_ip: '1.2.3' }, 'the keyword does not take this value'),
  refusedLine('an identity', { virtual_router_id: '1' }, 'virtual_router_id in annotation'),
  refusedLine('an interface', { interface: 'eth1' }, 'interface in annotation'),
  refusedLine('a password', { auth_pass: 'x' }, 'auth_pass in annotation'),
  refusedLine('an included file', { include: '/etc/passwd' }, 'include in annotation'),
  refusedLine('an address list', { virtual_ipaddress: '{ 192.0.2.1 }' }, 'virtual_ipaddress in annotation'),
  refusedLine('a keyword that ends its line', { 'accept\nnotify': '/bin/sh' }, 'no Service may set this'),
  refusedLine('a keyword that is a comment', { '#accept': '' }, 'no Service may set this'),
  refusedLine('a condition before a keyword', { '@node1 notify': '/bin/sh' }, 'no Service may set this'),
  refusedLine('a program', { notify: '"/bin/sh -c reboot" root' }, 'a Service may not set notify by itself'),
  refusedLine(
    'a program among safe lines',
    { accept: '', notify_master: '/bin/sh', nopreempt: '' },
    'a Service may not set notify_master by itself',
  ),
  {
    name: 'a program that the owner lets Services name, where keepalived runs none',
    fences: { verbatimKeys: ['notify'] },
    ...verbatim({ notify: '/bin/true' }),
    reason: 'VerbatimRefused',
  },
  {
    name: 'a program that the owner lets Services name',
    fences: { verbatimKeys: ['notify'] },
    globals: { enable_script_security: '', script_user: 'root' },
    ...verbatim({ notify: '"/bin/true x" root' }),
  },
  {
    name: 'an identity that the owner would let Services set',
    fences: { verbatimKeys: ['virtual_router_id'] },
    ...verbatim({ virtual_router_id: '1' }),
    reason: 'VerbatimRefused',
    refusal: 'virtual_router_id in annotation',
  },
];

/** The Service of a case, that names group `GROUP-NAMESPACE/NAME`. */
export const serviceOf = ({ addresses = [OK], annotations }: AdmissionCase, name: string, namespace: string, group: string): Service => {
  const service = aService(name, addresses, { annotations: { ...annotations, group } });
  return { ...service, metadata: { ...service.metadata, namespace } };
};
