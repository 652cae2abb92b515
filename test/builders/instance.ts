import { block, line, type Statement } from '../../src/conf/tree.ts';
import { COUNTERS, type Counters, type DumpedInstance } from '../../src/vrrp/dump.ts';

/** An instance as the manager writes it, with one address, for the first node in its order. */
export const anInstance = (name: string, id: number, address = `192.0.2.${100 + id}`): Statement =>
  block(
    'vrrp_instance',
    [name],
    [
      line('state', 'BACKUP'),
      line('virtual_router_id', id),
      line('priority', 254),
      line('advert_int', 1),
      block('virtual_ipaddress', [], [line(`${address}/32`)]),
    ],
  );

/** The same as keepalived tells of it. */
export const aDumped = (name: string, id: number, more: Partial<DumpedInstance> = {}): DumpedInstance => ({
  name,
  interface: 'eth0',
  virtualRouterId: id,
  state: 'BACKUP',
  basePriority: 254,
  effectivePriority: 254,
  lastTransition: 0,
  addresses: [`192.0.2.${100 + id}`],
  counters: Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Counters,
  ...more,
});
