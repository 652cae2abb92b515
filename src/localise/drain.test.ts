import { describe, expect, it } from 'vitest';
import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { DATA_PATH, DRAIN, drainable } from './drain.ts';
import { POD_PATHS } from './localise.ts';

const instance = (name: string, ...lines: Statement[]): Statement =>
  block('vrrp_instance', [name], [line('virtual_router_id', 1), ...lines]);
const tracks = (...names: string[]): Statement =>
  block(
    'track_file',
    [],
    names.map((name) => line(name)),
  );
const drained = (conf: Conf): Conf => drainable(conf, POD_PATHS);
const instancesIn = (conf: Conf): Conf => drained(conf).filter(({ keyword }) => keyword === 'vrrp_instance');

describe('a file that can be drained', () => {
  it('names the track files before the first instance: one takes it to priority 1, the other behind nodes whose kube-proxy is healthy', () => {
    const globals = block('global_defs', [], []);
    const file = block('vrrp_track_file', [DRAIN], [line('file', `/run/keepalived/track/${DRAIN}`), line('weight', -253)]);
    const path = block('vrrp_track_file', [DATA_PATH], [line('file', `/run/keepalived/track/${DATA_PATH}`), line('weight', -40)]);
    expect(drained([globals, instance('a')]).slice(0, 3)).toEqual([globals, file, path]);
  });
  it('has it in every instance', () => {
    expect(instancesIn([instance('a'), instance('b')])).toEqual([
      instance('a', tracks(DRAIN, DATA_PATH)),
      instance('b', tracks(DRAIN, DATA_PATH)),
    ]);
  });
  it('keeps what an instance tracks already, in one block', () => {
    const conf = [instance('a', tracks('a'), line('priority', 254), tracks('other'))];
    expect(instancesIn(conf)).toEqual([instance('a', line('priority', 254), tracks('a', 'other', DRAIN, DATA_PATH))]);
  });
  it.each<[string, Conf]>([
    ['no instance', [block('global_defs', [], [])]],
    ["only an address owner, whose priority keepalived doesn't lower", [instance('a', line('priority', 255))]],
    [
      'only instances of a sync group, which change state together',
      [block('vrrp_sync_group', ['g'], [block('group', [], [line('a')])]), instance('a')],
    ],
  ])('is the same file with %s', (_, conf) => {
    expect(drained(conf)).toEqual(conf);
  });
});
