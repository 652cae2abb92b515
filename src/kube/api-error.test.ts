import { expect, it } from 'vitest';
import { ApiError, errorOfStatus, isConflict, isGone, isNotFound, isTerminating } from './api-error.ts';

it.each<[string, unknown, string | undefined, number | undefined]>([
  ['seconds of the header', {}, '3', 3000],
  ['seconds of the body', { details: { retryAfterSeconds: 2 } }, undefined, 2000],
  ['the header before the body', { details: { retryAfterSeconds: 2 } }, '3', 3000],
  ['nothing where a date stands', {}, 'Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['nothing where nothing stands', 'HTML', undefined, undefined],
  ['nothing where a negative number stands', {}, '-1', undefined],
])('asks to wait: %s', (_, body, header, expected) => {
  expect(errorOfStatus(429, body, 'GET /x', header).retryAfter).toBe(expected);
});

it.each<[string, ApiError, readonly boolean[]]>([
  ['404', errorOfStatus(404, {}, ''), [true, false, false, false]],
  ['409', errorOfStatus(409, {}, ''), [false, true, false, false]],
  ['410', errorOfStatus(410, {}, ''), [false, false, true, false]],
  ['Expired, whatever its code', errorOfStatus(500, { reason: 'Expired' }, ''), [false, false, true, false]],
  [
    'a namespace that is being deleted',
    errorOfStatus(403, { details: { causes: [{ reason: 'NamespaceTerminating' }] } }, ''),
    [false, false, false, true],
  ],
  ['no answer', new ApiError({ kind: 'network', message: 'reset' }), [false, false, false, false]],
])('%s is told apart', (_, error, expected) => {
  expect([isNotFound, isConflict, isGone, isTerminating].map((judge) => judge(error))).toEqual(expected);
});

it('says in its words where it happened and what the server said', () => {
  expect(errorOfStatus(403, { message: 'forbidden: no' }, 'GET /x').message).toBe('GET /x: forbidden: no');
  expect(errorOfStatus(502, undefined, 'GET /x').message).toBe('GET /x: HTTP 502');
});
