/** Does to a lab what a fault says, and undoes it. */
import { CLIENT, CONTROL, type HostName } from '../../lab/hosts/address.ts';
import type { Impediment } from '../../lab/hosts/path.ts';
import type { Lab } from '../../lab/lab.ts';
import { LOAD_BALANCER_CLASS, SERVICE_ANNOTATIONS } from '../../src/api/names.ts';
import { GROUP, NAMESPACE } from '../../test/lab/lab-under-test.ts';
import type { Fault, WantedService } from './fault.ts';

export const POOL = 'chaos';
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';
const MANAGERS = ['-n', 'keepalived-operator', '-l', 'operator=keepalived-operator'];

/** Carries faults out, several at a time. */
export class Doer {
  readonly #lab: Lab;
  readonly #inForce = new Set<Fault>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async begin(fault: Fault): Promise<void> {
    this.#inForce.add(fault);
    switch (fault.kind) {
      case 'power-off':
      case 'link-down':
      case 'cut':
        return this.#lab.fail(fault.node, fault.kind);
      case 'partition':
      case 'lost-adverts':
        return this.#impede();
      case 'kill':
      case 'pause':
        return this.#signal(fault.hosts, fault.program, fault.kind === 'kill' ? 'KILL' : 'STOP');
      case 'cordon':
        return this.#ask(['cordon', fault.node]);
      case 'exclude':
        return this.#ask(['label', 'node', fault.node, `${EXCLUDED}=`, '--overwrite']);
      case 'delete-pod':
        return this.#deletePodOn(fault.node);
      case 'delete-leader':
        return this.#deleteLeader();
      case 'service':
        return this.#service(fault.name, fault.wanted);
      case 'pool':
        return this.#apply(poolOf(fault.addresses));
    }
  }

  async end(fault: Fault): Promise<void> {
    this.#inForce.delete(fault);
    switch (fault.kind) {
      case 'power-off':
      case 'link-down':
      case 'cut':
        return this.#lab.heal(fault.node);
      case 'partition':
      case 'lost-adverts':
        return this.#impede();
      case 'pause':
        return this.#signal(fault.hosts, fault.program, 'CONT');
      case 'kill':
        return this.#revive(fault.program, fault.hosts);
      case 'cordon':
        return this.#ask(['uncordon', fault.node]);
      case 'exclude':
        return this.#ask(['label', 'node', fault.node, `${EXCLUDED}-`]);
      default:
        return;
    }
  }

  #impede(): Promise<void> {
    const faults = [...this.#inForce];
    const cuts = faults.flatMap((fault): Impediment['cuts'] =>
      fault.kind !== 'partition' ? [] : [fault, ...(fault.oneWay ? [] : [{ from: fault.to, to: fault.from }])],
    );
    const lost = faults.map((fault) => (fault.kind === 'lost-adverts' ? fault.percent : 0));
    return this.#lab.impede({ cuts, lostAdverts: Math.max(0, ...lost) });
  }

  /** A host that has no power has no programs either. */
  async #signal(hosts: readonly HostName[], program: Parameters<Lab['signal']>[1], signal: Parameters<Lab['signal']>[2]): Promise<void> {
    const isOff = (host: HostName): boolean => [...this.#inForce].some((fault) => fault.kind === 'power-off' && fault.node === host);
    await Promise.all(hosts.filter((host) => !isOff(host)).map((host) => this.#lab.signal(host, program, signal)));
  }

  /** Containers start again by themselves, but later and later: another pod begins anew. */
  async #revive(program: string, hosts: readonly HostName[]): Promise<void> {
    if (program === 'manager') return this.#ask(['delete', 'pods', ...MANAGERS, '--wait=false']);
    if (program === 'keepalived' || program === 'agent') await Promise.all(hosts.map((host) => this.#deletePodOn(host)));
    else await Promise.all(hosts.map((host) => this.#lab.restart(host)));
  }

  async #deletePodOn(node: HostName): Promise<void> {
    const selection = ['-n', NAMESPACE, '-l', `keepalivedGroup=${GROUP}`, `--field-selector=spec.nodeName=${node}`];
    await this.#ask(['delete', 'pods', ...selection, '--wait=false']);
  }

  async #deleteLeader(): Promise<void> {
    await this.#patiently(async () => {
      const lease = ['get', 'lease', '-n', 'keepalived-operator', '03846a46.redhat.io', '-o', 'jsonpath={.spec.holderIdentity}', ...SOON];
      const leader = (await this.#lab.kubectl(lease)).split('_')[0] ?? '';
      await this.#lab.kubectl(['delete', 'pod', '-n', 'keepalived-operator', leader, '--wait=false', '--ignore-not-found', ...SOON]);
    });
  }

  #service(name: string, wanted: WantedService | null): Promise<void> {
    if (wanted === null) return this.#ask(['delete', 'service', '-n', NAMESPACE, name, '--ignore-not-found', '--wait=false']);
    return this.#apply(serviceOf(name, wanted));
  }

  #apply(object: object): Promise<void> {
    return this.#patiently(() => this.#lab.apply(object));
  }

  #ask(words: readonly string[]): Promise<void> {
    return this.#patiently(async () => void (await this.#lab.kubectl([...words, ...SOON])));
  }

  /** The API server may be the other fault of the step: what is to be done is done once it answers. */
  async #patiently(act: () => Promise<void>): Promise<void> {
    await this.#lab.waitFor('the API server does what it is asked', async () => (await act()) ?? (true as const), PATIENCE_MS);
  }
}

/** Undoes whatever faults an earlier run may have left. */
export async function healAll(lab: Lab): Promise<void> {
  await lab.impede({ cuts: [], lostAdverts: 0 });
  for (const program of ['etcd', 'kube-apiserver'] as const) await lab.signal(CONTROL, program, 'CONT');
  await lab.restart(CONTROL);
  for (const node of lab.nodes) {
    await lab.heal(node);
    for (const program of ['keepalived', 'agent', 'manager', 'kubelet', 'kube-proxy'] as const) await lab.signal(node, program, 'CONT');
    await lab.restart(node);
    await lab.kubectl(['uncordon', node]);
    await lab.kubectl(['label', 'node', node, `${EXCLUDED}-`]);
  }
}

export const poolOf = (addresses: readonly string[]): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'AddressPool',
  metadata: { name: POOL },
  spec: { group: `${NAMESPACE}/${GROUP}`, addresses },
});

/** Whether a client can reach whatever the nodes carry while the fault lasts. */
export const isClientWell = (fault: Fault): boolean => fault.kind !== 'partition' || ![fault.from, fault.to].includes(CLIENT);

// --- internal ---

const SOON = ['--request-timeout=10s'];
const PATIENCE_MS = 90_000;

const serviceOf = (name: string, { address, port }: WantedService): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NAMESPACE, annotations: { [SERVICE_ANNOTATIONS.group]: `${NAMESPACE}/${GROUP}` } },
  spec: {
    selector: { app: 'web' },
    ports: [{ port, targetPort: 8080 }],
    ...(address === 'pool'
      ? { type: 'LoadBalancer', loadBalancerClass: LOAD_BALANCER_CLASS, externalIPs: [] }
      : { type: 'ClusterIP', externalIPs: [address] }),
  },
});
