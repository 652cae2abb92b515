import { describe, expect, it } from 'vitest';
import { stamped } from './version.ts';

describe('the version', () => {
  it.each([
    ['an image tag', 'image: quay.io/redhat-cop/keepalived-operator:v1.0.0', 'image: quay.io/redhat-cop/keepalived-operator:v3.1.4'],
    ['the chart', 'apiVersion: v2\nversion: 0.1.0\nappVersion: v0.0.9', 'apiVersion: v2\nversion: 3.1.4\nappVersion: v3.1.4'],
  ])('is written into %s', (_, before, after) => expect(stamped(before, '3.1.4')).toBe(after));

  it('leaves other images alone', () => expect(stamped('image: quay.io/other/tool:v1', '3.1.4')).toBe('image: quay.io/other/tool:v1'));
});
