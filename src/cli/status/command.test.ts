import { describe, expect, it } from 'vitest';
import type { KeepalivedGroup } from '../../api/group/keepalived-group.ts';
import { DRAIN_ANNOTATION } from '../../api/names.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Client } from '../../kube/client.ts';
import { GENERATIONS } from '../../plan/lines/generation.ts';
import { answerStatus, type StatusOptions } from './command.ts';

const condition = (type: string, status: 'True' | 'False' | 'Unknown', reason = 'Because', message = 'a sentence') => ({
  ...{ type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' },
});
const group = (name: string, status?: KeepalivedGroup['status']): KeepalivedGroup => ({
  metadata: { name, namespace: 'web' },
  ...(status && { status: { defaultsGeneration: GENERATIONS.length, ...status } }),
});

const SOUND = group('sound', {
  conditions: [condition('Ready', 'True'), condition('Accepted', 'True'), condition('ReconcileError', 'False')],
  virtualIPs: { planned: 12, observed: 12 },
  nodes: { desired: 2, current: 2 },
  revision: 'r1',
  homes: { 'web/a': ['node1', 'node2'], 'web/b': ['node2', 'node1'] },
  nodeStates: [
    { name: 'node1', revision: 'r1', since: '2026-01-01T00:00:00Z' },
    { name: 'node2', standsBack: 'Unsteady' },
  ],
  virtualRouters: [
    {
      name: 'web/a',
      virtualRouterID: 7,
      addressCount: 3,
      addresses: ['192.0.2.1', '192.0.2.2'],
      node: 'node1',
      plannedNode: 'node1',
      state: 'Owned',
    },
    { name: 'web/b', virtualRouterID: 8, addressCount: 1, addresses: ['192.0.2.9'], plannedNode: 'node2', state: 'NoOwner' },
  ],
});

const RUNNING = group('sound', {
  ...SOUND.status,
  nodes: { desired: 3, current: 3 },
  nodeStates: ['node3', 'node1', 'node2'].map((name) => ({ name, revision: 'r1' })),
});
const ALONE = group('sound', { ...RUNNING.status, nodeStates: [{ name: 'node1', revision: 'r1' }, { name: 'node2' }] });

/** What the command says where the API server has these groups, and the path that it asked for. */
async function status(items: readonly KeepalivedGroup[], options: Partial<StatusOptions> & { subject?: string } = {}) {
  const asked: string[] = [];
  const request = async ({ path }: { path: string }) => {
    asked.push(path);
    if (!path.endsWith('/keepalivedgroups')) throw new ApiError({ kind: 'response', status: 404, message: 'not there' });
    return { items };
  };
  const answer = await answerStatus({ request } as unknown as Client, options.subject, { output: 'text', ...options }, 'web');
  return { ...answer, text: answer.stdout, path: asked[0] };
}

describe('kubectl keepalived status', () => {
  it('tells of a group in a line, and who has which address', async () =>
    expect((await status([SOUND])).text.split('\n')).toEqual([
      'web/sound: ready, 12 of 12 VIPs held, 2 of 2 nodes run r1',
      'ADDRESS      ROUTER   ID   NODE     NEXT     PLANNED   STATE',
      '192.0.2.1    web/a    7    node1    <none>   node1     Owned',
      '192.0.2.2    web/a    7    node1    <none>   node1     Owned',
      'and 1 more   web/a    7    node1    <none>   node1     Owned',
      '192.0.2.9    web/b    8    <none>   <none>   node2     NoOwner',
      '',
    ]));

  it('says hints although everything is accepted', async () => {
    const conditions = [condition('Ready', 'True'), condition('Accepted', 'True', 'AcceptedWithHints', '1 hint: Service web/a: look')];
    expect((await status([group('g', { conditions })])).text).toContain('\n  1 hint: Service web/a: look\n');
  });

  it('tells what is amiss, and not twice', async () => {
    const conditions = [condition('Ready', 'False', 'NoOwner'), condition('AddressesOwned', 'False', 'NoOwner', 'web/b is on no node')];
    expect((await status([group('sick', { conditions })])).text).toBe(
      'web/sick: NOT READY\n  AddressesOwned False: NoOwner: web/b is on no node\n',
    );
  });

  it('says what newer defaults would bring a group, and nothing of that where one address is asked about', async () => {
    const old = group('sound', { ...SOUND.status, defaultsGeneration: 1 });
    expect((await status([old])).text).toContain('  a lost node is noticed after 3000 ms; groups that are new notice it after 800 ms.');
    expect((await status([old], { subject: '192.0.2.1' })).text).not.toContain('a lost node is noticed');
  });

  it('tells of a group that nobody has seen', async () => expect((await status([group('new')])).text).toContain('no status yet'));
  it('tells, wide, what each node runs, and which stands back', async () =>
    expect((await status([SOUND], { output: 'wide' })).text).toMatch(
      /NODE +REVISION +SINCE +STANDS BACK\nnode1 +r1 +2026-01-01T00:00:00Z *\nnode2 +<none> +Unsteady\n/,
    ));
  it('prints the groups as JSON', async () =>
    expect(JSON.parse((await status([SOUND], { output: 'json' })).text)).toEqual({
      ...{ apiVersion: 'v1', kind: 'List' },
      items: [{ ...SOUND, apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'KeepalivedGroup' }],
    }));

  it.each([
    ["the context's", {}, '/namespaces/web/keepalivedgroups'],
    ['the named', { namespace: 'ops' }, '/namespaces/ops/keepalivedgroups'],
    ['every', { allNamespaces: true }, '/v1alpha1/keepalivedgroups'],
  ])('asks in %s namespace', async (_, options, path) => {
    const answer = await status([], options);
    expect(answer.path).toMatch(new RegExp(`${path}$`));
    expect(answer.text).toContain('there is no KeepalivedGroup');
  });

  describe('about one thing', () => {
    const OTHER = group('other', {
      nodeStates: [{ name: 'node9', revision: 'r1' }],
      virtualRouters: [
        {
          name: 'ops/b',
          virtualRouterID: 9,
          addressCount: 1,
          addresses: ['2001:db8::9'],
          node: 'node9',
          plannedNode: 'node9',
          state: 'Owned',
        },
      ],
      holders: { '2001:db8::9': 'ops/b' },
    });

    it.each([
      ['an address, however it is written', '2001:0db8::9', 'web/other', ['2001:db8::9']],
      ['a node', 'node/node2', 'web/sound', ['192.0.2.9', 'node2:', '']],
      ['a Service of a named namespace', 'svc/ops/b', 'web/other', ['2001:db8::9']],
      ['a Service of the namespace', 'service/a', 'web/sound', ['192.0.2.1', '192.0.2.2', 'and']],
    ])('shows of %s only what concerns it, in groups of every namespace', async (_, subject, key, addresses) => {
      const { text, path } = await status([SOUND, OTHER], { subject });
      const [headline, , ...rows] = text.trimEnd().split('\n');
      expect(headline).toMatch(new RegExp(`^${key}:`));
      expect(rows.map((row) => row.split(' ')[0])).toEqual(addresses);
      expect(path).toMatch(/v1alpha1\/keepalivedgroups$/);
    });

    it('looks for a Service in groups of every namespace, wherever the Service is', async () =>
      expect(await status([SOUND, OTHER], { subject: 'service/b', namespace: 'ops' })).toMatchObject({
        text: expect.stringContaining('web/other:'),
        path: expect.stringMatching(/v1alpha1\/keepalivedgroups$/),
      }));

    it('says of an address since when it is where it is, and its last move, in a line', async () => {
      const withoutOwner = { atLeastMilliseconds: 0, atMostMilliseconds: 610, by: 'Transitions' };
      const last = {
        time: '2026-01-01T00:00:01.500Z',
        from: 'node2',
        to: 'node1',
        cause: 'DaemonStopped',
        message: 'keepalived on node2 does not run',
      };
      const virtualIP = {
        spec: { address: '192.0.2.1' },
        status: { node: 'node1', since: '2026-01-01T00:00:02Z', moves: [{ ...last, withoutOwner }] },
      };
      const request = async ({ path }: { path: string }) => (path.endsWith('/virtualips/192.0.2.1') ? virtualIP : { items: [RUNNING] });
      const { stdout } = await answerStatus({ request } as unknown as Client, '192.0.2.1', { output: 'text' }, 'web');
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(
        '192.0.2.1: on node1 since 2026-01-01T00:00:02Z; spare node2, node3; last move 2026-01-01T00:00:01.500Z from node2, DaemonStopped: keepalived on node2 does not run; time without an owner: at most 0.61 s',
      );
    });

    it.each([
      [
        'that its owner answers',
        ['Announced True its owner answers', 'Unique True no other', 'Reachable True packets are answered'],
        ['  its owner answers'],
      ],
      [
        'what is amiss, each sentence once',
        ['Announced False a stranger answers', 'Unique False a stranger answers', 'Reachable Unknown a stranger answers'],
        ['  Announced False, Unique False, Reachable Unknown: a stranger answers'],
      ],
      [
        'what is not known beside what is',
        ['Announced True its owner answers', 'Unique True no other', 'Reachable Unknown a firewall drops it'],
        ['  its owner answers', '  Reachable Unknown: a firewall drops it'],
      ],
      ['nothing where nothing was found out', [], []],
    ])('says of an address %s', async (_, told, expected) => {
      const conditions = told.map((text) => {
        const [type = '', status, ...words] = text.split(' ');
        return condition(type, status as 'True', 'Because', words.join(' '));
      });
      const request = async ({ path }: { path: string }) =>
        path.includes('/virtualips/') ? { spec: { address: '192.0.2.1' }, status: { conditions } } : { items: [SOUND] };
      const { stdout } = await answerStatus({ request } as unknown as Client, '192.0.2.1', { output: 'text' }, 'web');
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .filter((line) => line.startsWith('  ')),
      ).toEqual(expected);
    });

    describe('gives the exit status', () => {
      const answered = async (objects: Readonly<Record<string, unknown>>, subject?: string) => {
        const request = async ({ path }: { path: string }) => {
          const [, found] = Object.entries(objects).find(([end]) => path.endsWith(end)) ?? [];
          if (found instanceof Error) throw found;
          if (found === undefined && !path.endsWith('/virtualips'))
            throw new ApiError({ kind: 'response', status: 404, message: 'not there' });
          return found ?? { items: [] };
        };
        return answerStatus({ request } as unknown as Client, subject, { output: 'text' }, 'web');
      };
      const virtualIP = (status: 'True' | 'False' | 'Unknown') => ({
        spec: { address: '192.0.2.1' },
        status: {
          node: 'node1',
          since: '2026-01-01T00:00:02Z',
          conditions: [condition('Unique', status, 'Stranger', 'another host answers')],
        },
      });
      const groups = { '/keepalivedgroups': { items: [RUNNING] } };
      const node = { metadata: { name: 'node1' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
      const drained = { ...node, metadata: { name: 'node1', annotations: { [DRAIN_ANNOTATION]: '' } } };

      it.each([
        [
          0,
          'all groups are ready',
          { '/keepalivedgroups': { items: [group('g', { conditions: [condition('Ready', 'True')] })] } },
          undefined,
        ],
        [2, 'a group is not', { '/keepalivedgroups': { items: [group('g', { conditions: [condition('Ready', 'False')] })] } }, undefined],
        [2, 'nobody has seen a group', { '/keepalivedgroups': { items: [group('g')] } }, undefined],
        [0, 'a node has the address', { ...groups, '/virtualips/192.0.2.1': virtualIP('True') }, '192.0.2.1'],
        [0, 'a condition of it is not known', { ...groups, '/virtualips/192.0.2.1': virtualIP('Unknown') }, '192.0.2.1'],
        [2, 'a condition of it is False', { ...groups, '/virtualips/192.0.2.1': virtualIP('False') }, '192.0.2.1'],
        [2, 'nobody has the address', groups, '192.0.2.9'],
        [2, 'it has no spare', { '/keepalivedgroups': { items: [ALONE] } }, '192.0.2.1'],
        [0, 'the node is well', { ...groups, '/nodes/node1': node }, 'node/node1'],
        [2, 'the node is drained', { ...groups, '/nodes/node1': drained }, 'node/node1'],
        [2, 'the node is behind', { '/keepalivedgroups': { items: [SOUND] }, '/nodes/node2': node }, 'node/node2'],
      ])('%i where %s', async (expected, _, objects, subject) => expect((await answered(objects, subject)).status).toBe(expected));

      it('and says what is wrong, and what it may not read', async () => {
        const forbidden = new ApiError({ kind: 'response', status: 403, message: 'no' });
        const wrong = await answered({ ...groups, '/virtualips/192.0.2.1': virtualIP('False') }, '192.0.2.1');
        expect(wrong.stdout).toContain('\n  Unique False: another host answers\n');
        const { stdout, notes } = await answered({ ...groups, '/nodes/node1': drained, '/virtualips': forbidden }, 'node/node1');
        expect(stdout).toContain('\nnode1: has 3 addresses\n  node1 has the annotation');
        expect(notes).toEqual([expect.stringContaining('You may not read VirtualIPs')]);
      });
    });

    it('says so when nobody lists it', async () => {
      expect(await status([SOUND], { subject: '192.0.2.77' })).toMatchObject({
        status: 1,
        notes: ['error: no group lists 192.0.2.77 in its status'],
      });
      expect(await status([SOUND], { subject: 'pod/a' })).toMatchObject({
        status: 1,
        notes: ['error: "pod/a" is not an address; write an address, service/NAME, service/NAMESPACE/NAME or node/NAME'],
      });
    });
  });
});
