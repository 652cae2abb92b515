import { describe, expect, it } from 'vitest';
import { MOST_NEXT_HOPS } from '../../api/node/report.ts';
import { openLog } from '../log.ts';
import { afterLook, Gateways, type NextHops } from './gateways.ts';

const HOUR = 3_600_000;
const [ROUTER, OTHER] = ['192.0.2.254', '192.0.2.253'];

describe('the next hops that are told', () => {
  const looks = (...all: readonly (readonly [at: number, ...seen: string[]])[]): string[] => [
    ...all.reduce<NextHops>((before, [at, ...seen]) => afterLook(before, seen, at), new Map()).keys(),
  ];

  it.each<[string, string[], readonly string[]]>([
    ['are those of the routes', looks([0, ROUTER, OTHER]), [ROUTER, OTHER]],
    ['stay when a route is away for a while', looks([0, ROUTER], [1000]), [ROUTER]],
    ['come before those that are away', looks([0, ROUTER], [1000, OTHER]), [OTHER, ROUTER]],
    ['are over after an hour', looks([0, ROUTER], [HOUR, OTHER]), [OTHER]],
    ['stay as long as a route has them', looks([0, ROUTER], [HOUR, ROUTER], [HOUR + 1]), [ROUTER]],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));
});

describe('the gateways of a node', () => {
  const answer = { routes: [] as object[] | null };
  const gateways = () =>
    new Gateways(
      async () => ({ status: answer.routes === null ? 1 : 0, stdout: JSON.stringify(answer.routes), stderr: '' }),
      openLog(
        () => undefined,
        () => new Date(0),
      ),
      () => 0,
    );
  const found = async (routes: object[] | null): Promise<readonly string[] | undefined> => {
    answer.routes = routes;
    const known = gateways();
    await known.start();
    known.stop();
    return known.addresses;
  };

  it('are known after the first look, sorted', async () => {
    expect(
      await found([
        { dst: 'default', gateway: ROUTER },
        { dst: '10.0.0.0/8', gateway: OTHER },
      ]),
    ).toEqual([OTHER, ROUTER]);
  });
  it('are unknown when the routes can not be read', async () => expect(await found(null)).toBeUndefined());
  it('are so many at most, that of the default route among them', async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ dst: `10.${index}.0.0/16`, gateway: `198.51.100.${index}` }));
    const told = await found([...many, { dst: 'default', gateway: ROUTER }]);
    expect(told).toHaveLength(MOST_NEXT_HOPS);
    expect(told).toContain(ROUTER);
  });
});
