import { beforeEach, describe, expect, it } from 'vitest';
import { refusal } from '../../../test/fakes/api.ts';
import { FakeClock } from '../../../test/fakes/clock.ts';
import type { Client, Request } from '../../kube/client.ts';
import { silentLog } from '../../telemetry/log.ts';
import { AccessReview, type Verdict } from './access-review.ts';

describe('a review of who asks for metrics', () => {
  let clock: FakeClock;
  let asked: string[];
  let answer: (request: Request) => unknown;
  let review: AccessReview;

  const ask = (authorization: string | undefined): Promise<Verdict> => review.judge(authorization, 'GET', '/metrics');
  /** Token `scraper` is known and may, `stranger` is known and may not. */
  const usual = ({ path, body }: Request): unknown => {
    const { spec } = body as { spec: { token?: string; user?: string } };
    if (path.includes('tokenreviews')) {
      const known = spec.token === 'scraper' || spec.token === 'stranger';
      return { status: known ? { authenticated: true, user: { username: spec.token, groups: ['g'] } } : { authenticated: false } };
    }
    return { status: { allowed: spec.user === 'scraper' } };
  };

  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    answer = usual;
    const client: Client = {
      async request<T>(request: Request): Promise<T> {
        asked.push(request.path.split('/').at(-1) ?? '');
        expect(request.withoutLead).toBe(true);
        return answer(request) as T;
      },
      stream: () => {
        throw new Error('no watch is needed');
      },
    };
    review = new AccessReview({ client, clock, log: silentLog });
  });

  it.each<[string | undefined, Verdict]>([
    ['Bearer scraper', 200],
    ['bearer scraper', 200],
    ['Bearer stranger', 403],
    ['Bearer nobody', 401],
    ['Basic c2NyYXBlcg==', 401],
    ['Bearer ', 401],
    [undefined, 401],
  ])('judges %j as %i', async (authorization, verdict) => {
    expect(await ask(authorization)).toBe(verdict);
  });

  it('asks nobody about a request without a token', async () => {
    await ask(undefined);
    expect(asked).toEqual([]);
  });

  it('names path and verb in the question', async () => {
    const bodies: unknown[] = [];
    answer = (request) => {
      bodies.push((request.body as { spec: unknown }).spec);
      return usual(request);
    };
    await ask('Bearer scraper');
    expect(bodies[1]).toEqual({ user: 'scraper', groups: ['g'], nonResourceAttributes: { path: '/metrics', verb: 'get' } });
  });

  it('remembers an identity for a minute and a permission for five', async () => {
    for (let times = 0; times < 3; times += 1) await ask('Bearer scraper');
    expect(asked).toEqual(['tokenreviews', 'subjectaccessreviews']);
    await clock.pass(60_000);
    await ask('Bearer scraper');
    expect(asked).toEqual(['tokenreviews', 'subjectaccessreviews', 'tokenreviews']);
    await clock.pass(4 * 60_000);
    await ask('Bearer scraper');
    expect(asked.slice(3)).toEqual(['tokenreviews', 'subjectaccessreviews']);
  });

  it('remembers a refusal for half a minute only', async () => {
    await ask('Bearer stranger');
    await clock.pass(30_000);
    await ask('Bearer stranger');
    expect(asked).toEqual(['tokenreviews', 'subjectaccessreviews', 'subjectaccessreviews']);
  });

  it('tries again when the API server fails, then gives up with 500, and remembers nothing of it', async () => {
    answer = (request) => {
      throw refusal(503, 'ServiceUnavailable', request);
    };
    const verdict = ask('Bearer scraper');
    await clock.pass(10_000);
    expect(await verdict).toBe(500);
    expect(asked).toHaveLength(5);
    answer = usual;
    expect(await ask('Bearer scraper')).toBe(200);
  });
});
