import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aGroup, aLoadBalancer, aNode, anInput, aReport, aService } from '../../test/builders/object.ts';
import type { KeepalivedGroupSpec, VrrpSpec } from '../api/group/keepalived-group.ts';
import type { AgentSettings } from '../api/node/config.ts';
import type { PlanInput } from '../plan/input.ts';
import { plan } from '../plan/plan.ts';
import { renderConfig } from './config.ts';

const configOf = (more: Partial<PlanInput>) => {
  const config = renderConfig(plan(anInput(more)));
  return {
    conf: config?.data['keepalived.conf'] ?? '',
    settings: JSON.parse(config?.data['agent.json'] ?? 'null') as AgentSettings,
    revision: config?.revision,
  };
};
const web = aService('web', ['192.0.2.200']);

describe('the round in which the nodes take up a changed password', () => {
  const passwordAuth = { secretRef: { name: 'vrrp' } };
  const waiting = (after: number) => ({ ...aReport('node1', 'r'), config: { revision: 'r', since: null, passwordWaitsAfter: after } });
  it.each<[string, number | undefined, readonly number[], number | undefined]>([
    ['is not told before the first', undefined, [], undefined],
    ['is called when a changed one waits on a node', undefined, [0], 1],
    ['is called once, however many wait', 4, [4, 4, 4], 5],
    ['stays when the nodes have not heard of it yet', 5, [4, 4], 5],
    ['is called again when one waits that came too late', 5, [5], 6],
    ['stays where a node tells of rounds that there were not', 5, [9], 5],
  ])('%s', (_, passwordRound, waits, expected) => {
    const group = aGroup({ spec: { passwordAuth }, ...(passwordRound !== undefined && { status: { passwordRound } }) });
    const decided = plan(anInput({ group, services: [web], reports: waits.map(waiting) }));
    expect(decided.passwordRound).toBe(expected ?? 0);
    expect(JSON.parse(renderConfig(decided)?.data['agent.json'] ?? '{}').passwordRound).toBe(expected);
  });

  it('is another revision, and does not touch a group that has no password', () => {
    const revisionOf = (spec: object, passwordRound: number) =>
      configOf({ group: aGroup({ spec, status: { passwordRound } }), services: [web] }).revision;
    expect(revisionOf({ passwordAuth }, 1)).not.toBe(revisionOf({ passwordAuth }, 0));
    expect(revisionOf({}, 1)).toBe(revisionOf({}, 0));
  });
});

describe('the configuration of a group', () => {
  it('is one file for all nodes, with the first few named, state, priority and refresh in it', () => {
    expect(configOf({ services: [web] }).conf).toMatchInlineSnapshot(`
      "global_defs {
        router_id vips
        vrrp_version 3
        vrrp_down_timer_adverts 8
        vrrp_skip_check_adv_addr
        vrrp_garp_master_refresh 60
      }

      vrrp_instance web/web {
        interface eth0
        state BACKUP
        virtual_router_id 1
        priority 224
        @node1 priority 254
        @node2 priority 248
        @node3 priority 242
        advert_int 0.1
        virtual_ipaddress {
          192.0.2.200
        }
      }
      "
    `);
  });

  it('advertises one address and carries the others beside it', () => {
    expect(configOf({ services: [aService('web', ['192.0.2.2', '192.0.2.1', '192.0.2.3'])] }).conf).toContain(
      '  virtual_ipaddress {\n    192.0.2.1\n  }\n  virtual_ipaddress_excluded {\n    192.0.2.2\n    192.0.2.3\n  }\n',
    );
  });

  it('has an instance of each family, with one id and one order of nodes', () => {
    const { conf } = configOf({ services: [aService('web', ['2001:db8::1', '192.0.2.1'])] });
    const [four = '', six = ''] = conf.split('\n\n').slice(1);
    expect(four).toContain('vrrp_instance web/web {');
    expect(six).toContain('vrrp_instance web/web/ipv6 {');
    expect(six.replace('/ipv6', '').replace('2001:db8::1', '192.0.2.1').trim()).toBe(four.trim());
  });

  it('leaves an instance as it is when the Service gets an address of the other family', () => {
    const six = configOf({ services: [aService('web', ['2001:db8::1'])] }).conf.split('\n\n')[1] ?? '';
    const both = configOf({ services: [aService('web', ['2001:db8::1', '192.0.2.1'])] }).conf;
    // keepalived knows an instance by family, id and interface; a name may change.
    expect(both).toContain(six.replace('vrrp_instance web/web {', 'vrrp_instance web/web/ipv6 {'));
  });

  it('leaves the version of IPv6 to keepalived, whatever a Service says', () => {
    const services = [aService('web', ['2001:db8::1', '192.0.2.1'], { annotations: { verbatim: '{"version": "2"}' } })];
    expect(configOf({ services }).conf.match(/ version 2\n/g)).toHaveLength(1);
  });

  it('says what the group says of VRRP', () => {
    const vrrp = { version: 3, advertIntervalMilliseconds: 250, preemptDelaySeconds: 30, gratuitousARP: { repeats: 2, refreshSeconds: 0 } };
    const { conf } = configOf({ group: aGroup({ spec: { vrrp } }), services: [web] });
    for (const line of ['vrrp_version 3', 'vrrp_garp_master_refresh 0', 'vrrp_garp_master_repeat 2', 'advert_int 0.25', 'preempt_delay 30'])
      expect(conf).toContain(`  ${line}\n`);
  });

  it.each<[string, string, RegExp, readonly string[]]>([
    ['nopreempt of the group when it says nothing', '', /(no)?preempt.*/g, ['nopreempt']],
    ['preempt when it says so', '{"preempt": ""}', /(no)?preempt.*/g, ['preempt']],
  ])('gives a Service %s', (_, verbatim, pattern, lines) => {
    const services = [aService('web', ['192.0.2.1'], { annotations: { verbatim } })];
    const { conf } = configOf({ group: aGroup({ spec: { vrrp: { preempt: false } } }), services });
    expect(conf.match(pattern)).toEqual(lines);
  });

  it('takes an unhealthy node behind the healthy ones', () => {
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 };
    const { conf, settings } = configOf({ services: [aLoadBalancer('web', ['192.0.2.1'], { spec })] });
    expect(conf).toContain('vrrp_track_file web/web {\n  weight -100\n}\n');
    expect(conf).toContain('  track_file {\n    web/web\n  }\n');
    expect(settings.checks).toEqual([{ trackFile: 'web/web', port: 30_001 }]);
  });

  it.each<[string, VrrpSpec, string, number]>([
    ['lower priority', {}, '', -100],
    ['lower priority where the Service wants preemption', { preempt: false }, '{"preempt": ""}', -100],
    ['FAULT in a group without preemption, where a lower priority moves nothing', { preempt: false }, '', -254],
    ['FAULT where preemption is late', { preemptDelaySeconds: 60 }, '', -254],
    ['FAULT where the Service wants no preemption', {}, '{"nopreempt": ""}', -254],
  ])('has an unhealthy node yield by %s', (_, vrrp, verbatim, weight) => {
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 };
    const services = [aLoadBalancer('web', ['192.0.2.1'], { spec, annotations: { verbatim } })];
    expect(configOf({ group: aGroup({ spec: { vrrp } }), services }).conf).toContain(`vrrp_track_file web/web {\n  weight ${weight}\n}\n`);
  });

  it('lets the owner of the group and the Service set lines instead of ours', () => {
    const group = aGroup({ spec: { verbatimConfig: { vrrp_garp_master_refresh: '10', vrrp_version: '3' } } });
    const { conf } = configOf({
      group,
      services: [aService('web', ['192.0.2.1'], { annotations: { verbatim: '{"advert_int": "0.5"}' } })],
    });
    expect(conf.match(/vrrp_garp_master_refresh .*/g)).toEqual(['vrrp_garp_master_refresh 10']);
    expect(conf).toContain('  vrrp_version 3\n');
    expect(conf.match(/advert_int .*/g)).toEqual(['advert_int 0.5']);
  });

  it.each<[string, KeepalivedGroupSpec, string, readonly string[]]>([
    ['the interval of the defaults, with their number of adverts', {}, '', ['advert_int 0.1']],
    ['an interval of its own, with three', {}, '{"advert_int": "1"}', ['down_timer_adverts 3', 'advert_int 1']],
    ['version 2, whose interval is a whole second, with three', {}, '{"version": "2"}', ['advert_int 1', 'down_timer_adverts 3']],
    ['its own number', {}, '{"advert_int": "1", "down_timer_adverts": "5"}', ['advert_int 1', 'down_timer_adverts 5']],
    ['the number that the group asks for', { vrrp: { downTimerAdverts: 4 } }, '{"advert_int": "1"}', ['advert_int 1']],
  ])('gives an instance %s', (_, spec, verbatim, expected) => {
    const services = [aService('web', ['192.0.2.1'], { annotations: { verbatim } })];
    const { conf } = configOf({ group: aGroup({ spec }), services });
    expect(conf.match(/(?<=^ {2})(?:advert_int|down_timer_adverts) .*/gm)?.sort()).toEqual([...expected].sort());
  });

  it('calms gratuitous ARP down for many addresses', () => {
    const addresses = Array.from({ length: 257 }, (_, index) => `198.51.${Math.floor(index / 256)}.${index % 256}`);
    expect(configOf({ services: [aService('web', addresses)] }).conf).toContain('vrrp_garp_master_repeat 1\n  vrrp_garp_master_delay 0\n');
  });

  it('names the addresses of all nodes for unicast, and holds no password', () => {
    const group = aGroup({ spec: { unicastEnabled: true, passwordAuth: { secretRef: { name: 'secret' } } } });
    const nodes = [aNode('a', { addresses: ['192.0.2.11'] }), aNode('b', { addresses: ['192.0.2.12'] })];
    const { settings, conf } = configOf({ group, nodes, services: [web] });
    expect(settings.unicast).toEqual({ peers: { a: ['192.0.2.11'], b: ['192.0.2.12'] } });
    expect(settings.password).toBe(true);
    expect(conf).not.toContain('auth_pass');
  });

  it('names addresses that nodes still have and that nobody claims any more', () => {
    const reports = [aReport('node1', 'r', [{ addresses: ['192.0.2.200', '192.0.2.201'] }])];
    expect(configOf({ services: [web], reports }).settings.released).toEqual(['192.0.2.201']);
  });

  it('never names an address that another Service or a node has by now, though a node still runs it', () => {
    const reports = [aReport('node1', 'r', [{ addresses: ['192.0.2.201', '192.0.2.11', '192.0.2.202'] }])];
    const nodes = [aNode('node1', { addresses: ['192.0.2.11'] })];
    const otherServices = [aService('moved', ['192.0.2.202'])];
    expect(configOf({ services: [web], reports, nodes, otherServices }).settings.released).toEqual(['192.0.2.201']);
  });

  it('is the same bytes for the same input in any order, and another revision for another content', () => {
    const services = ['a', 'b', 'c', 'd'].map((name, index) => aService(name, [`192.0.2.${index + 1}`, `192.0.2.${index + 101}`]));
    const usual = configOf({ services });
    fc.assert(
      fc.property(fc.shuffledSubarray(services, { minLength: services.length }), (shuffled) => {
        expect(configOf({ services: shuffled })).toEqual(usual);
      }),
    );
    expect(configOf({ services: services.slice(1) }).revision).not.toBe(usual.revision);
  });

  it('is none while the group names no interface', () => {
    expect(configOf({ group: aGroup({ spec: { interface: '' } }), services: [web] }).revision).toBeUndefined();
  });
});
