import { describe, expect, it } from 'vitest';
import { COUNTERS, parseDump } from './dump.ts';

const stats = Object.fromEntries(COUNTERS.map((name, index) => [name, index + 1]));
const data = {
  iname: 'ns1/svc-1',
  ifp_ifname: 'eth0',
  vrid: 7,
  state: 2,
  base_priority: 254,
  effective_priority: 154,
  last_transition: 1795425021.161098,
  vips: ['192.0.2.2/16 dev eth0 scope global set', '192.0.2.3 dev eth0 scope global set'],
  evips: ['2001:db8::3 dev eth0 scope global deprecated set'],
  auth_type: 1,
  auth_data: 's3cret',
};
const one = (changes: object = {}): object => ({ data: { ...data, ...changes }, stats });

describe('a JSON dump', () => {
  it('tells of each instance', () => {
    expect(parseDump(JSON.stringify([one()]))).toEqual([
      {
        name: 'ns1/svc-1',
        interface: 'eth0',
        virtualRouterId: 7,
        state: 'MASTER',
        basePriority: 254,
        effectivePriority: 154,
        lastTransition: 1795425021.161098,
        addresses: ['192.0.2.2', '192.0.2.3', '2001:db8::3'],
        counters: stats,
      },
    ]);
  });

  it.each([
    ['in clear', 's3cret'],
    ['masked', '********'],
  ])('never hands on a password %s', (_, auth_data) => {
    expect(JSON.stringify(parseDump(JSON.stringify([one({ auth_data })])))).not.toContain(auth_data);
  });

  it('of json_version 2 tells the same', () => {
    const instances = parseDump(JSON.stringify({ vrrp: [one()], track_process: [] }));
    expect(instances).toEqual(parseDump(JSON.stringify([one()])));
  });

  it.each([
    ['0 INIT', 0, 'INIT'],
    ['1 BACKUP', 1, 'BACKUP'],
    ['2 MASTER', 2, 'MASTER'],
    ['3 FAULT', 3, 'FAULT'],
    ['98 STOP', 98, 'STOP'],
    ['a number that nobody knows INIT', 42, 'INIT'],
  ])('calls state %s', (_, state, name) => {
    expect(parseDump(JSON.stringify([one({ state })]))?.[0]?.state).toBe(name);
  });

  it.each([
    ['without instances', '[]', []],
    ['without instances, json_version 2', '{"vrrp":[]}', []],
    ['that is empty', '', null],
    ['that is cut short', JSON.stringify([one()]).slice(0, 300), null],
    ['that is a number', '7', null],
    ['whose instances are no list', '{"vrrp":7}', null],
    ['whose instance has no name', '[{"data":{}}]', null],
    ['whose instance is no object', '[null]', null],
  ])('%s', (_, text, instances) => {
    expect(parseDump(text)).toEqual(instances);
  });

  it('takes totals that are missing for 0', () => {
    const [instance] = parseDump(JSON.stringify([{ data }])) ?? [];
    expect(instance?.counters).toEqual(Object.fromEntries(COUNTERS.map((name) => [name, 0])));
  });

  it('tells of no address when there is none', () => {
    const [instance] = parseDump(JSON.stringify([one({ vips: undefined, evips: undefined })])) ?? [];
    expect(instance?.addresses).toEqual([]);
  });
});
