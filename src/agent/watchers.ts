import type { Moment } from '../vrrp/moment.ts';
import type { AgentContext } from './context.ts';
import { Checks } from './health/checks.ts';
import { KubeProxy } from './health/kube-proxy.ts';
import { Gateways } from './observation/gateways.ts';
import { interfacesNow } from './observation/held-address.ts';
import type { Surroundings } from './observation/view.ts';
import { addressesToAsk } from './serving/own-address.ts';
import type { State } from './state.ts';
import { Adverts } from './wire/adverts/adverts.ts';
import { Ear } from './wire/adverts/ear.ts';
import { askByTcp } from './wire/ask.ts';
import { Broadcast } from './wire/broadcast/broadcast.ts';
import { channelIn } from './wire/broadcast/channel.ts';
import { advertSituationOf, situationOf } from './wire/situation.ts';
import { type Situation, Wire } from './wire/wire.ts';

/** What looks at the node and the network at a pace of its own, beside the steps of the agent. */
export class Watchers {
  readonly checks: Checks;
  readonly #proxy: KubeProxy;
  readonly #gateways: Gateways;
  readonly #wire: Wire;
  readonly #broadcast: Broadcast;
  readonly #adverts: Adverts;

  constructor(context: AgentContext, { now, state }: { readonly now: () => Moment; readonly state: () => State }) {
    const monotonic = (): number => context.clock.monotonic();
    const addresses = (): string[] => addressesToAsk({ interfaces: interfacesNow(), podAddresses: context.podAddresses, carried: [] });
    this.checks = new Checks({ ...context, addresses });
    this.#proxy = new KubeProxy({ ...context, addresses, now });
    this.#gateways = new Gateways(context.run, context.log, monotonic);
    const { node } = context.identity;
    const situation = (): Situation => situationOf(state());
    this.#wire = new Wire({ ...context, node, ask: askByTcp, now: monotonic, situation });
    const channel = channelIn(context.paths.wireDir);
    this.#broadcast = new Broadcast({
      ...context,
      node,
      channel,
      now: monotonic,
      situation,
      first: Math.floor(context.clock.random() * 1e9),
    });
    const { wireDir } = context.paths;
    const ears = { IPv4: new Ear(wireDir, 'IPv4'), IPv6: new Ear(wireDir, 'IPv6') };
    this.#adverts = new Adverts({ ...context, channel, ears, ask: askByTcp, now: monotonic, situation: () => advertSituationOf(state()) });
  }

  /** What they found, as it is reported. */
  get report(): Pick<Surroundings, 'gateways' | 'checks' | 'trackFile' | 'isDataPathHealthy' | 'wire'> {
    const { contested } = this.#broadcast;
    const { report: adverts } = this.#adverts;
    return {
      gateways: this.#gateways.addresses,
      checks: this.checks.report,
      trackFile: this.checks.notWritten,
      isDataPathHealthy: this.#proxy.isHealthy,
      wire: { ...this.#wire.report, ...(contested.length > 0 && { contested }), ...(adverts && { adverts }) },
    };
  }

  /** Resolves after the first look at what a report can't do without. */
  async start(): Promise<void> {
    await this.#gateways.start();
    await this.#proxy.start();
    this.checks.start();
    this.#wire.start();
    this.#broadcast.start();
    this.#adverts.start();
  }

  stop(): void {
    for (const part of [this.checks, this.#proxy, this.#gateways, this.#wire, this.#broadcast, this.#adverts]) part.stop();
  }
}
