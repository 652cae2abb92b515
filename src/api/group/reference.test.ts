import { expect, it } from 'vitest';
import { parseGroupReference } from './reference.ts';

it.each([
  ['web/vips', { namespace: 'web', name: 'vips' }],
  [' web/vips.1 ', { namespace: 'web', name: 'vips.1' }],
  ['vips', undefined],
  ['web/vips/x', undefined],
  ['/vips', undefined],
  ['web/', undefined],
  ['Web/vips', undefined],
  ['web/../x', undefined],
  ['', undefined],
])('the group reference %j is read as %j', (text, expected) => {
  expect(parseGroupReference(text)).toEqual(expected);
});
