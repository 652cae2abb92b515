import { describe, expect, it } from 'vitest';
import { COUNTERS, type Counters, type DumpedInstance } from '../vrrp/dump.ts';
import type { Daemon, Dump } from './daemon.ts';
import { Observed } from './observed.ts';

const instance = (name: string): DumpedInstance => ({
  name,
  interface: 'eth0',
  virtualRouterId: 7,
  state: 'BACKUP',
  basePriority: 254,
  effectivePriority: 254,
  lastTransition: 0,
  addresses: [],
  counters: Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Counters,
});

/** A daemon that runs one instance after the other, one for each dump, at a time that the test sets. */
class Stage {
  now = 1000;
  asked = 0;
  running = 'before';
  /** When given, the next dump is one that another caller asked for at that time. */
  shared: Dump | null = null;
  readonly observed = new Observed({ dump: () => this.#dump() } as unknown as Daemon, () => this.now);

  async names(): Promise<string[]> {
    await this.observed.refresh(true);
    return this.observed.instances.map(({ name }) => name);
  }

  async #dump(): Promise<Dump> {
    this.asked += 1;
    const { shared } = this;
    this.shared = null;
    return shared ?? { kind: 'dump', instances: [instance(this.running)], asked: this.now };
  }
}

describe('what was last heard of the daemon', () => {
  it('counts for a moment, so that many questions are one', async () => {
    const stage = new Stage();
    await stage.names();
    stage.now += 299;
    await stage.names();
    expect(stage.asked).toBe(1);
    stage.now += 1;
    await stage.names();
    expect(stage.asked).toBe(2);
  });

  it('does not count any more when the daemon runs something else', async () => {
    const stage = new Stage();
    await stage.names();
    stage.running = 'after';
    stage.now += 10;
    stage.observed.expire();
    stage.now += 1;
    expect(await stage.names()).toEqual(['after']);
  });

  it('is not what another caller asked for before the change', async () => {
    const stage = new Stage();
    stage.shared = { kind: 'dump', instances: [instance('before')], asked: stage.now };
    stage.now += 10;
    stage.running = 'after';
    stage.observed.expire();
    stage.now += 1;
    expect(await stage.names()).toEqual(['after']);
  });
});
