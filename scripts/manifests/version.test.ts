import { describe, expect, it } from 'vitest';
import { channelsOf, stamped } from './version.ts';

const FORK = {
  version: '3.1.4',
  repository: 'https://git.example.org/us/keepalived-operator',
  author: 'We <we@example.org>',
  config: { image: 'registry.example.org:5000/us/keepalived-operator' },
};

describe('what package.json says of the publication', () => {
  it.each([
    [
      "the image's tag",
      "image: 'quay.io/x/keepalived-operator:v1.0.0'",
      "image: 'registry.example.org:5000/us/keepalived-operator:v3.1.4'",
    ],
    ['the values', '  repository: quay.io/x/keepalived-operator', '  repository: registry.example.org:5000/us/keepalived-operator'],
    ['the workflow', '  REPOSITORY: quay.io/x/keepalived-operator', '  REPOSITORY: registry.example.org:5000/us/keepalived-operator'],
    [
      'an address',
      'url: https://github.com/x/keepalived-operator/blob/main/a.md#b',
      'url: https://git.example.org/us/keepalived-operator/blob/main/a.md#b',
    ],
    [
      'the bundle',
      '    repository: https://github.com/x/keepalived-operator',
      '    repository: https://git.example.org/us/keepalived-operator',
    ],
    ["the maintainer's address", '      email: a@example.com', '      email: we@example.org'],
    ['the chart', 'apiVersion: v2\nversion: 0.1.0\nappVersion: v0.0.9', 'apiVersion: v2\nversion: 3.1.4\nappVersion: v3.1.4'],
    ["the Subscription's channel", '  channel: candidate', '  channel: alpha'],
    ["the image's label", 'ARG VERSION=0.1.0', 'ARG VERSION=3.1.4'],
  ])('is written into %s', (_, before, after) => {
    expect(stamped(before, FORK)).toBe(after);
    expect(stamped(after, FORK)).toBe(after);
  });

  it.each(['image: quay.io/other/tool:v1', 'url: https://keepalived.org', 'name: localhost/keepalived-operator:lab'])(
    'leaves %s alone',
    (text) => expect(stamped(text, FORK)).toBe(text),
  );
});

describe('the channels of a version', () => {
  it.each([
    ['2.0.0-alpha.1', ['candidate']],
    ['2.0.0-rc.3', ['candidate']],
    ['2.0.0', ['alpha', 'candidate']],
  ])('%s: %j', (version, channels) => expect(channelsOf(version)).toEqual(channels));
});
