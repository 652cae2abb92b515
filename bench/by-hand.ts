/** keepalived with files that are written by hand, on the hosts of a lab. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostName } from '../lab/hosts/address.ts';
import type { Lab } from '../lab/lab.ts';

export interface Layout {
  /** Whether a node that returns has its addresses again. */
  readonly returns: boolean;
  begin(): Promise<unknown>;
  /** Also after a node had no power. */
  restart(node: HostName): Promise<unknown>;
  end(): Promise<unknown>;
}

/** keepalived on each node, with a file of its own in a folder that all hosts see. Of equal priorities the owner keeps its addresses. */
export function byHand(lab: Lab, instances: readonly (readonly string[])[], priority: (instance: number, node: number) => number): Layout {
  const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
  const start = async (node: HostName): Promise<unknown> => {
    const files = ['pid', 'vrrp_pid', 'checkers_pid'].map((name) => `--${name}=${folder}/${node}.${name}`);
    return lab.exec(node, [
      'sh',
      '-c',
      `rm -f ${folder}/${node}.*pid; keepalived --vrrp --use-file=${folder}/${node}.conf ${files.join(' ')}`,
    ]);
  };
  const stop = `kill "$(cat "$0.pid")"; while [ -e "$0.pid" ]; do sleep 0.1; done`;
  return {
    returns: new Set(lab.nodes.map((_, node) => priority(0, node))).size > 1,
    begin: () => {
      for (const [index, node] of lab.nodes.entries())
        writeFileSync(
          `${folder}/${node}.conf`,
          confOf(node, instances, (instance) => priority(instance, index)),
        );
      return Promise.all(lab.nodes.map(start));
    },
    restart: start,
    end: async () => {
      await Promise.all(lab.nodes.map((node) => lab.exec(node, ['sh', '-c', stop, `${folder}/${node}`])));
      rmSync(folder, { recursive: true });
    },
  };
}

// --- internal ---

/** Ids that the lab's group is not given. */
const FIRST_ID = 201;

const confOf = (node: HostName, instances: readonly (readonly string[])[], priority: (instance: number) => number): string =>
  [
    `global_defs {\n  router_id ${node}\n  vrrp_version 3\n}`,
    ...instances.map(
      (some, index) => `vrrp_instance by-hand-${index} {
  state BACKUP
  interface eth0
  virtual_router_id ${FIRST_ID + index}
  priority ${priority(index)}
  advert_int 0.1
  down_timer_adverts 8
  virtual_ipaddress {
    ${some.map((address) => `${address}/32`).join('\n    ')}
  }
}`,
    ),
  ].join('\n');
