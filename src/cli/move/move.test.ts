import { beforeEach, describe, expect, it } from 'vitest';
import { MovingCluster, unreachable } from '../../../test/builders/moving-cluster.ts';
import { DRAIN_ANNOTATION, UNDO_ANNOTATION } from '../../api/names.ts';
import type { Answer } from '../answer.ts';
import { answerDrain, answerMove, answerUndrain, type MoveOptions } from './command.ts';

const COUNT = 9;
const GROUP = '/apis/redhatcop.redhat.io/v1alpha1/namespaces/web/keepalivedgroups/vips';
const NODE1 = '/api/v1/nodes/node1';
let cluster: MovingCluster;
let owners: Record<string, string[]>;

const drain = (node = 'node1', atOnce = 1): Promise<Answer> => answerDrain(node, { atOnce, timeout: 10 }, cluster.edge);
const undrain = (node = 'node1'): Promise<Answer> => answerUndrain(node, { atOnce: 2, timeout: 10 }, cluster.edge);
const move = (address: string, options: Partial<MoveOptions>): Promise<Answer> =>
  answerMove(address, { timeout: 10, ...options }, cluster.edge);
/** The last of the virtual routers that node1 has. */
const lastOfNode1 = (): string => owners.node1?.at(-1) ?? '';

beforeEach(async () => {
  cluster = await MovingCluster.of(COUNT);
  owners = await cluster.owners();
  expect(owners.node1).toHaveLength(3);
});

describe('kubectl keepalived drain', () => {
  it('moves each address once, one at a time, to where it stays; marks the node; and undrain brings all back', async () => {
    expect(await drain()).toMatchObject({
      status: 0,
      stdout: 'node1 is drained: it has no address, 3 addresses moved. undrain takes that back.\n',
    });
    expect(cluster.said).toHaveLength(3);
    expect(cluster.said[0]).toMatch(/^\[1\/3\] 192\.0\.2\.\d: node1 -> node[23] in 0\.[0-9] s$/);
    expect(cluster.mostAtOnce).toBe(1);
    expect(cluster.moves).toHaveLength(3);
    expect(await cluster.marks()).toMatchObject({ drained: true, annotations: [UNDO_ANNOTATION, DRAIN_ANNOTATION] });
    expect((await cluster.owners()).node1).toBeUndefined();

    expect(await undrain()).toMatchObject({ status: 0, stdout: 'node1 is drained no more: 3 addresses moved\n' });
    expect(await cluster.owners()).toEqual(owners);
    expect(cluster.mostAtOnce).toBe(2);
    expect(cluster.moves).toHaveLength(6);
    expect(await cluster.marks()).toEqual({ preferred: undefined, drained: false, annotations: [] });
  });

  it('leaves a cluster that a version without preferences leaves as it is', async () => {
    await drain();
    const after = await cluster.owners();
    const moved = cluster.moves.length;
    await cluster.annotate(GROUP, { 'keepalived-operator.redhat-cop.io/preferred-nodes': null });
    await cluster.pass();
    expect(await cluster.owners()).toEqual(after);
    expect(cluster.moves).toHaveLength(moved);
  });

  it('moves nothing to a node that was lost and takes nothing yet', async () => {
    cluster.resting.add('node2');
    await cluster.pass();
    expect(await drain()).toMatchObject({ status: 0 });
    expect(cluster.moves.map((one) => one.split(' ').at(-1))).toEqual(['node3', 'node3', 'node3']);
    expect((await cluster.owners()).node2).toEqual(owners.node2);
  });

  it('changes nothing where all other nodes were lost and take nothing yet', async () => {
    for (const node of ['node2', 'node3']) cluster.resting.add(node);
    await cluster.pass();
    const { status, notes } = await drain();
    expect(status).toBe(2);
    expect(notes.join()).toMatch(/^error: no other node that is fit can have 192\.0\.2\.\d.*; nothing was changed/);
    expect(cluster.moves).toEqual([]);
  });

  it('moves as many at once as it may', async () => {
    await drain('node1', 2);
    expect(cluster.mostAtOnce).toBe(2);
  });

  it('takes all back when one does not arrive', async () => {
    cluster.held.add(lastOfNode1());
    const { status, notes } = await drain();
    expect(status).toBe(2);
    expect(notes.join()).toMatch(
      /^error: node1 is not drained: 192\.0\.2\.\d did not come to node[23] within 10 s: node1 still has it; every address is where it was$/,
    );
    expect(cluster.said.at(-1)).toMatch(/; taking back 3 moves$/);
    expect(await cluster.owners()).toEqual(owners);
    expect(await cluster.marks()).toEqual({ preferred: undefined, drained: false, annotations: [] });
  });

  it('takes all back at Ctrl-C', async () => {
    cluster.afterPass = () => cluster.moves.length === 2 && cluster.stop.abort();
    expect(await drain()).toMatchObject({ status: 2, notes: ['error: node1 is not drained: you ended it; every address is where it was'] });
    expect(await cluster.owners()).toEqual(owners);
    expect(await cluster.marks()).toEqual({ preferred: undefined, drained: false, annotations: [] });
  });

  it('takes all back when a write is refused half-way', async () => {
    cluster.afterPass = () => cluster.moves.length === 1 && cluster.forbidden.add('keepalivedgroups');
    const answer = await drain();
    expect(answer.status).toBe(2);
    expect(answer.notes.join()).toContain('could not be taken back');
  });

  it.each(['GET', 'PATCH'])('goes on when the API server does not answer a %s for a moment', async (method) => {
    let left = 3;
    const isOurs = (path: string): boolean => path.endsWith('/keepalivedgroups/vips');
    cluster.faultOfUser = (request) => {
      if (request.method === method && isOurs(request.path) && cluster.moves.length > 0 && left-- > 0) throw unreachable();
    };
    expect((await drain()).status).toBe(0);
    expect(left).toBeLessThan(0);
    expect(cluster.moves).toHaveLength(3);
  });

  it('finds what stood there before, also after a drain that was killed', async () => {
    const router = lastOfNode1();
    await cluster.annotate(GROUP, { 'keepalived-operator.redhat-cop.io/preferred-nodes': JSON.stringify({ [router]: 'node2' }) });
    await cluster.annotate(NODE1, { [UNDO_ANNOTATION]: JSON.stringify({ 'web/vips': { [router]: { to: 'node2' } } }) });
    await cluster.pass();
    expect((await drain()).status).toBe(0);
    expect((await undrain()).status).toBe(0);
    expect(await cluster.owners()).toEqual(owners);
    expect((await cluster.marks()).preferred).toBeUndefined();
  });

  it('says so when all have left and the node can not be marked, and goes on with the next drain', async () => {
    cluster.faultOfUser = ({ method, body }) => {
      if (method === 'PATCH' && JSON.stringify(body).includes(DRAIN_ANNOTATION)) throw unreachable();
    };
    expect(await drain()).toMatchObject({
      status: 2,
      notes: [expect.stringContaining('all addresses have left node1, and it could not be marked')],
    });
    cluster.faultOfUser = () => {};
    const moved = cluster.moves.length;
    expect((await drain()).status).toBe(0);
    expect(cluster.moves).toHaveLength(moved);
    expect((await undrain()).status).toBe(0);
    expect(await cluster.owners()).toEqual(owners);
  });

  it('is told plainly which right is missing, and changes nothing', async () => {
    cluster.forbidden.add('nodes');
    expect(await drain()).toMatchObject({
      status: 1,
      notes: ['error: you may not patch Node node1: this needs the right "patch" on nodes; nothing was changed'],
    });
    cluster.forbidden.clear();
    cluster.forbidden.add('keepalivedgroups');
    expect((await drain()).notes.join()).toContain('"patch" on keepalivedgroups of API group redhatcop.redhat.io in namespace web');
    expect(cluster.moves).toEqual([]);
  });

  it('moves nothing where an address has nowhere to go', async () => {
    for (const node of ['node2', 'node3']) await cluster.annotate(`/api/v1/nodes/${node}`, { [DRAIN_ANNOTATION]: '' });
    await cluster.pass();
    cluster.moves.length = 0;
    const { status, notes } = await drain();
    expect(status).toBe(2);
    expect(notes.join()).toMatch(/no other node that is fit can have 192\.0\.2\.1, .* and 6 more; nothing was changed/);
    expect(cluster.moves).toEqual([]);
  });

  it('knows what is drained already, what is not, and what is not there', async () => {
    expect(await undrain()).toMatchObject({ status: 0, stdout: 'node1 is not drained\n' });
    await drain();
    expect(await drain()).toMatchObject({ status: 0, stdout: expect.stringContaining('drained already') });
    expect(await drain('node9')).toMatchObject({ status: 1, notes: ['error: there is no Node node9; there are: node1, node2, node3'] });
  });

  it('brings back what was drained by hand', async () => {
    await cluster.annotate(NODE1, { [DRAIN_ANNOTATION]: 'yes' });
    await cluster.pass();
    expect(await undrain()).toMatchObject({ status: 0, stdout: 'node1 is drained no more\n' });
    await cluster.pass();
    expect(await cluster.owners()).toEqual(owners);
  });
});

describe('kubectl keepalived undrain', () => {
  it('leaves what somebody moved since, and leaves the node drained when one does not come back', async () => {
    await drain();
    const [first = '', second = ''] = owners.node1 ?? [];
    const entries = (await cluster.marks()).preferred as Record<string, string>;
    const elsewhere = entries[first] === 'node2' ? 'node3' : 'node2';
    expect((await move(addressOf(first), { to: elsewhere })).status).toBe(0);
    cluster.held.add(second);
    expect(await undrain()).toMatchObject({ status: 2, notes: [expect.stringContaining('node1 is still drained')] });
    expect(await cluster.marks()).toMatchObject({ drained: true, preferred: { ...entries, [first]: elsewhere } });
    cluster.held.clear();
    expect((await undrain()).status).toBe(0);
    expect((await cluster.marks()).preferred).toEqual({ [first]: elsewhere });
  });
});

describe('kubectl keepalived move', () => {
  it('moves an address and those that share its virtual router, and back home', async () => {
    const router = lastOfNode1();
    const address = addressOf(router);
    expect(await move(address, { to: 'node3' })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${address} is on node3, for as long as`),
    });
    expect(cluster.moves).toEqual([`${router} node1 node3`]);
    expect(await move(address, { home: true })).toMatchObject({ status: 0, stdout: `${address} is on node1, where its group chose\n` });
    expect((await cluster.marks()).preferred).toBeUndefined();
    expect(await move(address, { to: 'node1' })).toMatchObject({ status: 0, stdout: `${address} is on node1 already\n` });
  });

  it('takes it back when it does not arrive', async () => {
    const router = lastOfNode1();
    cluster.held.add(router);
    expect(await move(addressOf(router), { to: 'node2' })).toMatchObject({
      status: 2,
      notes: [expect.stringMatching(/was not moved: .* every address is where it was$/)],
    });
    expect((await cluster.marks()).preferred).toBeUndefined();
  });

  it.each([
    ['a node of no group', '192.0.2.1', { to: 'node9' }, 'node9 is not a node of KeepalivedGroup web/vips, which has node1, node2, node3'],
    ['an address that nobody carries', '192.0.2.99', { to: 'node1' }, 'no KeepalivedGroup carries 192.0.2.99'],
    ['no address', 'web', { to: 'node1' }, '"web" is not an address'],
    ['no node', '192.0.2.1', {}, 'no target: set --to NODE or --home'],
  ])('refuses %s', async (_, address, options, sentence) => {
    expect(await move(address, options)).toMatchObject({ status: 1, notes: [expect.stringContaining(sentence)] });
    expect(cluster.moves).toEqual([]);
  });

  it('refuses a node that has to give its addresses up', async () => {
    await cluster.annotate(NODE1, { [DRAIN_ANNOTATION]: '' });
    await cluster.pass();
    const { notes } = await move('192.0.2.1', { to: 'node1' });
    expect(notes.join()).toMatch(/can not go there: node1 has the annotation .*drain; nothing was changed/);
  });
});

const addressOf = (router: string): string => `192.0.2.${Number(router.slice(-2))}`;
