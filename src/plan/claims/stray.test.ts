import { describe, expect, it } from 'vitest';
import { anInput, aService } from '../../../test/builders/object.ts';
import type { Service } from '../../api/core.ts';
import { plan } from '../plan.ts';
import { mayBeMisspelled, strayProblems } from './stray.ts';

const DOMAIN = 'keepalived-operator.redhat-cop.io';
const annotated = (annotations: Readonly<Record<string, string>>): Service => {
  const { metadata, ...rest } = aService('web', ['192.0.2.1']);
  return { ...rest, metadata: { ...metadata, annotations } };
};
const told = (service: Service, groups: readonly string[] = ['vips/lan', 'web/edge']): string[] =>
  strayProblems(service, groups).map(({ reason, message }) => `${reason}: ${message}`);

describe('a Service that names no group that there is', () => {
  it.each<[string, string, string]>([
    [
      'one letter is missing',
      'vip/lan',
      'GroupNotFound: annotation .* names KeepalivedGroup vip/lan, which does not exist; did you mean vips/lan\\?',
    ],
    ['its namespace is another', 'shop/edge', 'GroupNotFound: .*did you mean web/edge\\?'],
    ['nothing is like it', 'a/far-away', 'GroupNotFound: .*create it, or write NAMESPACE/NAME of one that exists'],
    ['its value has another form', 'lan', 'MalformedGroupReference: annotation .* is "lan"; write NAMESPACE/NAME'],
  ])('is told so when %s', (_, value, sentence) => {
    expect(told(annotated({ [`${DOMAIN}/keepalivedgroup`]: value }))).toEqual([expect.stringMatching(new RegExp(`^${sentence}`))]);
  });

  it.each([
    `${DOMAIN}/keepalivedGroup`,
    `${DOMAIN}/keepalived-group`,
    `${DOMAIN}/keepalivedgroups`,
    'keepalived-operator.redhatcop.io/keepalivedgroup',
    'keepalived-operator.redhat.io/keepalivedgroup',
  ])('is told what was meant by %s', (key) => {
    const service = annotated({ [key]: 'vips/lan' });
    expect(mayBeMisspelled(service)).toBe(true);
    expect(told(service)).toEqual([`AnnotationMisspelled: annotation ${key} has no effect; did you mean ${DOMAIN}/keepalivedgroup?`]);
  });

  it.each([`${DOMAIN}/written-status`, 'metallb.io/address-pool', 'example.org/keepalivedgroup', 'keepalivedgroup'])(
    'is told nothing of %s',
    (key) => {
      expect(mayBeMisspelled(annotated({ [key]: 'vips/lan' }))).toBe(false);
    },
  );

  it('is told nothing when the group exists', () => expect(told(annotated({ [`${DOMAIN}/keepalivedgroup`]: 'vips/lan' }))).toEqual([]));
});

it('a key that is a slip away is told of a Service that a group carries, too', () => {
  const service = annotated({ [`${DOMAIN}/keepalivedgroup`]: 'web/vips', [`${DOMAIN}/spreadvip`]: 'true' });
  expect(plan(anInput({ services: [service] })).problems).toMatchObject([{ reason: 'AnnotationMisspelled' }]);
});
