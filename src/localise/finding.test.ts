import { describe, expect, it } from 'vitest';
import { block, line } from '../conf/tree.ts';
import { type Finding, graded, gradingsIn, trackValue } from './finding.ts';

const file = (...weights: number[]) =>
  block(
    'vrrp_track_file',
    ['ns/web'],
    weights.map((weight) => line('weight', weight)),
  );

/** What a finding takes off the priority; keepalived makes a FAULT of -254, and of a value without weight. */
function cost(weight: number, finding: Finding): number {
  const track = file(weight);
  const weighed = Number(graded(track.block ?? [])[0]?.words[0]);
  return weighed * trackValue(finding, gradingsIn([track]).get('ns/web') ?? 'fault') || 0;
}

describe('what is known of endpoints on a node', () => {
  it.each([
    [-100, [0, -50, -100]],
    [-150, [0, -75, -150]],
    [-254, [0, 0, -254]],
    [-7, [0, 0, -7]],
  ])('takes off the priority, by a weight of %d, with endpoints, unknown ones and none: %j', (weight, expected) => {
    expect([cost(weight, 'endpoints'), cost(weight, 'unanswered'), cost(weight, 'none')]).toEqual(expected);
  });

  it('takes a file without a weight for one that makes a FAULT', () => {
    expect(gradingsIn([file()]).get('ns/web')).toBe('fault');
  });
});
