import { expect, it } from 'vitest';
import { NO_WIRE } from '../../observe/wire/look.ts';
import type { WireVerdict } from '../../observe/wire/verdict.ts';
import { Verdicts } from './verdicts.ts';
import { wireTroubles } from './wire-news.ts';

const OWNER: WireVerdict = { kind: 'Owner', answers: true };
const NOBODY: WireVerdict = { kind: 'Nobody', askers: ['node2'] };
const NONE: ReadonlySet<string> = new Set();
const truth = (...shown: readonly (WireVerdict | undefined)[]) => ({
  wire: { ...NO_WIRE, judged: new Map(shown.map((one, index) => [`192.0.2.${index}`, one === undefined ? {} : { shown: one }])) },
  unserved: NONE,
});

it('tells the VirtualIPs of addresses that something is amiss with, fifty at most', () => {
  const told = wireTroubles(truth(OWNER, NOBODY, undefined, { kind: 'Unknown', why: 'NoEvidence' }), (name) => `uid-of-${name}`);
  expect(told.map(({ object: { kind, name, uid }, reason }) => `${kind} ${name} ${uid} ${reason}`)).toEqual([
    'VirtualIP 192.0.2.1 uid-of-192.0.2.1 NobodyAnswers',
  ]);
  expect(wireTroubles(truth(...Array.from({ length: 200 }, () => NOBODY)), () => 'uid')).toHaveLength(50);
});

it('tells nothing of an address without a VirtualIP', () => expect(wireTroubles(truth(NOBODY), () => undefined)).toEqual([]));

it('says that a verdict changed only when one did', () => {
  const verdicts = new Verdicts();
  let changes = 0;
  verdicts.onChange(() => {
    changes += 1;
  });
  verdicts.found('web/vips', truth(OWNER, undefined));
  verdicts.found('web/vips', truth(OWNER, undefined));
  expect([changes, verdicts.of('web/vips', '192.0.2.0'), verdicts.of('web/vips', '192.0.2.1')]).toEqual([1, OWNER, undefined]);
  verdicts.found('web/vips', truth(NOBODY, undefined));
  expect([changes, verdicts.of('web/vips', '192.0.2.0')]).toEqual([2, NOBODY]);
  verdicts.found('web/vips', { ...truth(NOBODY, undefined), unserved: new Set(['web/web']) });
  expect([changes, verdicts.isUnserved('web/vips', 'web/web'), verdicts.isUnserved('web/vips', 'web/other')]).toEqual([3, true, false]);
  verdicts.forget('web/vips');
  expect(verdicts.isUnserved('web/vips', 'web/web')).toBe(false);
  expect(verdicts.of('web/vips', '192.0.2.0')).toBeUndefined();
});
