import { describe, expect, it } from 'vitest';
import { aReport } from '../../test/builders/object.ts';
import { aWord } from '../../test/builders/word.ts';
import type { HealthCheckReport } from '../api/node/report.ts';
import { endpointsReady, withoutEndpoints } from './endpoints.ts';
import type { Word } from './evidence.ts';

type Finding = HealthCheckReport['finding'];

const says = (node: string, finding: Finding | undefined, more: Partial<Word> = {}): Word =>
  aWord({ ...aReport(node, 'r'), ...(finding && { checks: [{ name: 'web/web', port: 30_001, finding }] }) }, 0, more);
const found = (...words: Word[]): string[] => [...withoutEndpoints(words)];

describe('a Service with policy Local', () => {
  it('has no endpoint where every node that answers says so', () => {
    expect(found(says('node1', 'none'), says('node2', 'none'))).toEqual(['web/web']);
    expect(found(says('node1', 'none'), says('node2', 'endpoints', { silentSince: 1 }))).toEqual(['web/web']);
    expect(found(says('node1', 'none'), says('node2', undefined))).toEqual(['web/web']);
  });
  it.each<[string, Finding]>([
    ['has one', 'endpoints'],
    ['could not ask', 'unanswered'],
  ])('may have one where a node %s', (_, finding) => expect(found(says('node1', 'none'), says('node2', finding))).toEqual([]));
  it('is not spoken of where no node has asked', () => expect(found(says('node1', undefined))).toEqual([]));
  it('is in the same set while nothing changes', () => {
    const before = withoutEndpoints([says('node1', 'none')]);
    expect(withoutEndpoints([says('node1', 'none'), says('node2', 'none')], before)).toBe(before);
    expect(withoutEndpoints([says('node1', 'endpoints')], before)).not.toBe(before);
  });
});

it('names the Services, and what to look at', () => {
  const names = Array.from({ length: 7 }, (_, index) => `web/s${index}`);
  expect(endpointsReady('192.0.2.1', names)).toMatchObject({ status: 'False', reason: 'NoReadyEndpoint' });
  expect(endpointsReady('192.0.2.1', names).message).toContain(
    'of web/s0, web/s1, web/s2, web/s3, web/s4 and 2 more (externalTrafficPolicy Local)',
  );
});
