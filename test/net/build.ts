import { block, type Conf, line, only, type Statement } from '../../src/conf/tree.ts';

export interface InstanceOptions {
  readonly id: number;
  readonly addresses: readonly string[];
  /** Names of nodes, best first; they get 254, 253, ... */
  readonly order?: readonly string[];
  readonly lines?: readonly Statement[];
}

/** A vrrp_instance as the manager writes it. */
export function instance(name: string, { id, addresses, order = [], lines = [] }: InstanceOptions): Statement {
  return block(
    'vrrp_instance',
    [name],
    [
      line('state', 'BACKUP'),
      line('virtual_router_id', id),
      line('priority', 100),
      ...order.map((node, rank) => only(node, line('priority', 254 - rank))),
      line('advert_int', 1),
      block(
        'virtual_ipaddress',
        [],
        addresses.map((address) => line(`${address}/${address.includes(':') ? 128 : 32}`)),
      ),
      ...lines,
    ],
  );
}

/** A whole file as the manager writes it. */
export function group(...statements: readonly Statement[]): Conf {
  const globals = [line('router_id', 'g'), line('vrrp_version', 2), line('vrrp_skip_check_adv_addr'), line('vrrp_garp_master_repeat', 1)];
  return [block('global_defs', [], globals), ...statements];
}
