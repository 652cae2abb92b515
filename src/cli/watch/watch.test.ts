import { describe, expect, it } from 'vitest';
import { FakeApi, refusal } from '../../../test/fakes/api.ts';
import { FakeClock, settled } from '../../../test/fakes/clock.ts';
import { API_VERSION } from '../../api/names.ts';
import type { VirtualIP } from '../../api/virtual-ip/virtual-ip.ts';
import { ApiError } from '../../kube/api-error.ts';
import { MERGE_PATCH } from '../../kube/client.ts';
import { answerWatch, type WatchOptions } from './command.ts';
import { addressNews, concernsNode, objectNews } from './news.ts';
import { newsLine } from './view.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const virtualIP = (status: VirtualIP['status'] = {}, address = '192.0.2.1'): VirtualIP => ({
  metadata: { name: address },
  spec: { address, claims: [{ namespace: 'shop', service: 'web', source: 'Pool' }] },
  status,
});
const first = { time: '2026-01-01T00:00:00.000Z', to: 'node1', cause: 'FirstElection', message: 'nobody had it' } as const;
const lost = { time: '2026-01-01T00:00:09.000Z', from: 'node1', to: 'node2', cause: 'LinkLost', message: 'no carrier' } as const;
const back = { time: '2026-01-01T00:00:19.000Z', from: 'node2', to: 'node1', cause: 'Preferred', message: 'it is preferred' } as const;
const condition = (status: 'True' | 'False', message: string) => ({
  ...{ type: 'Accepted', status, reason: 'Because', message, lastTransitionTime: '2026-01-01T00:00:05Z' },
});
const lines = (...change: Parameters<typeof addressNews>): string[] => addressNews(...change).map((news) => newsLine(news, 'text'));

describe('what a change tells', () => {
  it('of a VirtualIP: the moves that are new, in the order of time', () =>
    expect(
      lines(
        { before: virtualIP({ state: 'Owned', moves: [first] }), after: virtualIP({ state: 'Owned', moves: [back, lost, first] }) },
        NOW,
      ),
    ).toEqual([
      '2026-01-01T00:00:09.000Z  192.0.2.1 node1 -> node2 LinkLost: no carrier\n',
      '2026-01-01T00:00:19.000Z  192.0.2.1 node2 -> node1 Preferred: it is preferred\n',
    ]));

  it('of a VirtualIP: that it has no owner, and since when', () =>
    expect(
      lines({ before: virtualIP({ state: 'Owned' }), after: virtualIP({ state: 'NoOwner', since: '2026-01-01T00:00:07Z' }) }, NOW),
    ).toEqual(['2026-01-01T00:00:07Z  192.0.2.1 Owned -> NoOwner\n']));

  it('that it came, and is gone', () => {
    expect(lines({ before: undefined, after: virtualIP({ state: 'Owned' }) }, NOW)).toEqual([`${NOW}  VirtualIP 192.0.2.1 is there\n`]);
    expect(lines({ before: virtualIP(), after: undefined }, NOW)).toEqual([`${NOW}  VirtualIP 192.0.2.1 is gone\n`]);
  });

  it('of a group: a condition that says something else, also with the same status', () => {
    const before = { status: { conditions: [condition('False', 'a is refused')] } };
    const after = { status: { conditions: [condition('False', 'a and b are refused')] } };
    const news = objectNews('KeepalivedGroup web/vips', { before, after }, NOW);
    expect(news.map((one) => newsLine(one, 'text'))).toEqual([
      '2026-01-01T00:00:05Z  KeepalivedGroup web/vips Accepted False: Because: a and b are refused\n',
    ]);
    expect(objectNews('KeepalivedGroup web/vips', { before: after, after }, NOW)).toEqual([]);
    expect(JSON.parse(newsLine(news[0] as (typeof news)[0], 'json'))).toMatchObject({
      kind: 'Condition',
      object: 'KeepalivedGroup web/vips',
    });
  });

  it.each([
    ['node1', true],
    ['node2', true],
    ['node', false],
  ])('to somebody who asks about %s: %s', (name, expected) =>
    expect(concernsNode({ kind: 'Move', address: '192.0.2.1', ...lost }, { kind: 'node', name })).toBe(expected),
  );
});

describe('kubectl keepalived watch', () => {
  const PATH = `/apis/${API_VERSION}/virtualips`;

  const watching = async (subject?: string, options: Partial<WatchOptions> = {}, prepare: (api: FakeApi) => void = () => {}) => {
    const [api, clock, stop] = [new FakeApi(), new FakeClock(), new AbortController()];
    for (const address of ['192.0.2.1', '192.0.2.2'])
      await api.request({ method: 'POST', path: PATH, body: virtualIP({ state: 'Owned', moves: [first] }, address) });
    prepare(api);
    const printed: string[] = [];
    const notes: string[] = [];
    const ended = answerWatch(
      subject,
      { output: 'text', ...options },
      {
        ...{ client: api, clock, signal: stop.signal },
        print: (line) => printed.push(line),
        note: (line) => notes.push(line),
      },
    );
    ended.catch(() => {});
    await settled();
    const change = async (address: string, status: object): Promise<void> => {
      await api.request({ method: 'PATCH', path: `${PATH}/${address}`, body: { status }, contentType: MERGE_PATCH });
      await settled();
    };
    const end = () => {
      stop.abort();
      return ended;
    };
    return { api, clock, printed, notes, change, end };
  };

  it('is silent about what is there, tells what happens, and ends well', async () => {
    const { printed, change, end } = await watching();
    expect(printed).toEqual([]);
    await change('192.0.2.2', { moves: [lost, first] });
    expect(printed).toEqual(['2026-01-01T00:00:09.000Z  192.0.2.2 node1 -> node2 LinkLost: no carrier\n']);
    expect(await end()).toMatchObject({ status: 0 });
  });

  it('tells only of what was asked about, as JSON one object a line', async () => {
    const { printed, change, end } = await watching('192.0.2.1', { output: 'json' });
    await change('192.0.2.2', { moves: [lost, first] });
    await change('192.0.2.1', { moves: [lost, first] });
    expect(printed.map((line) => JSON.parse(line))).toEqual([{ kind: 'Move', address: '192.0.2.1', ...lost }]);
    await end();
  });

  it('tells, after the API server was away, what happened meanwhile', async () => {
    const { api, clock, printed, notes, change, end } = await watching('node/node2', {}, (one) => {
      let isFirst = true;
      one.fault = (request) => {
        if (!('quietMs' in request) || !isFirst || !request.path.endsWith('virtualips')) return;
        isFirst = false;
        throw refusal(410, 'Expired', request);
      };
    });
    await change('192.0.2.1', { moves: [lost, first] });
    expect(printed).toEqual([]);
    await clock.pass(1000);
    expect(printed).toHaveLength(1);
    expect(notes).toHaveLength(1);
    expect(api.requests.filter(({ path, query }) => path === PATH && query?.limit !== 1).length).toBeGreaterThan(1);
    await end();
  });

  it('says once that it is interrupted', async () => {
    let left = 3;
    const { clock, notes, printed, change, end } = await watching('192.0.2.1', {}, (one) => {
      one.fault = (request) => {
        if ('quietMs' in request && left-- > 0) throw new ApiError({ kind: 'network', message: 'connection refused' });
      };
    });
    await change('192.0.2.1', { moves: [lost, first] });
    await clock.pass(20_000);
    expect(notes).toEqual(['The watch of VirtualIPs is interrupted, and is tried again: connection refused']);
    expect(printed).toHaveLength(1);
    await end();
  });

  it('says what it may not see, and refuses where nothing is left', async () => {
    const forbid = (what: string) => (api: FakeApi) => {
      api.fault = ({ path }) => {
        if (path.endsWith(what)) throw refusal(403, 'Forbidden', { path });
      };
    };
    const without = await watching(undefined, {}, forbid('keepalivedgroups'));
    expect(without.notes).toEqual(['You may not list KeepalivedGroups, so changes to them are not shown.']);
    await without.end();
    await expect((await watching(undefined, {}, forbid('virtualips'))).end()).rejects.toThrow();
    expect(await (await watching('pod/a')).end()).toMatchObject({ status: 1 });
  });
});
