import { dirname } from 'node:path';
import type { NodeReport } from '../api/node/report.ts';
import { DRAIN } from '../localise/drain.ts';
import { trackFileOf } from '../localise/localise.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Moment } from '../vrrp/moment.ts';
import { parseNotifyLine } from '../vrrp/notify-line.ts';
import { discard, fileNow, install, stage } from './activation/conf-file.ts';
import { watchMounts } from './activation/mount.ts';
import { passwordInText } from './activation/password-hold.ts';
import { takeLook } from './activation/take-look.ts';
import type { Log } from './log.ts';
import { Checks } from './observation/checks.ts';
import { Daemon } from './observation/daemon.ts';
import { Gateways } from './observation/gateways.ts';
import { interfacesNow } from './observation/held-address.ts';
import type { Identity } from './observation/node-reader.ts';
import { makeFifo, readFifo } from './observation/notify-fifo.ts';
import { isFresh } from './observation/observed.ts';
import { reportOf } from './observation/report.ts';
import { viewOf } from './observation/view.ts';
import type { Paths } from './paths.ts';
import type { RunCommand } from './run-command.ts';
import { exposition } from './serving/metrics.ts';
import { AgentServer } from './serving/server.ts';
import { type Action, instancesKnown, type News, type State, starting } from './state.ts';
import { step } from './step.ts';
import { writeTrackFile } from './track-file.ts';
import { Wake } from './wake.ts';

export interface AgentContext {
  readonly identity: Identity;
  /** `namespace/name` of the group. */
  readonly group: string;
  readonly paths: Paths;
  readonly port: number;
  readonly run: RunCommand;
  readonly log: Log;
  readonly clock: Clock;
}

/** Milliseconds for the daemon to answer a question of the report; one without instances never does. */
const ANSWER = { withInstances: 1000, without: 100 };

/**
 * The process beside keepalived in every pod of a group: keeps the daemon on the newest good file and tells what really runs. What it does is
 * decided in `step`; here facts are gathered, and actions carried out.
 */
export class Agent {
  readonly #context: AgentContext;
  readonly #daemon: Daemon;
  readonly #checks: Checks;
  readonly #gateways: Gateways;
  readonly #server: AgentServer;
  readonly #wake = new Wake();
  readonly #stack = new DisposableStack();
  #state: State = starting(null);
  #news: { readonly news: News; readonly seen: () => void }[] = [];
  #asked = Promise.withResolvers<{ status: number; words: string }>();
  #isOver = false;

  constructor(context: AgentContext) {
    const monotonic = (): number => context.clock.monotonic();
    this.#context = context;
    this.#daemon = new Daemon(context.paths, monotonic);
    this.#checks = new Checks(context.paths, context.log);
    this.#gateways = new Gateways(context.run, context.log, monotonic);
    const answers = { report: () => this.report(), metrics: () => this.metrics(), drained: (group: string) => this.#drainedFor(group) };
    this.#server = new AgentServer(answers, context.port, (taken) => void this.#post({ kind: 'port', taken }));
  }

  /** Works until the agent has ended as {@link end} asked for; rejects only when the FIFO can't be had. */
  async work(): Promise<void> {
    await this.#start();
    while (!this.#isOver) {
      const wait = await this.#turn();
      if (!this.#isOver) await this.#wake.wait(wait);
    }
    this.#checks.stop();
    this.#gateways.stop();
    this.#server.close();
    this.#stack.dispose();
  }

  /** A SIGTERM: the agent ends, after handing the addresses over where the pod ends with it. */
  end(): void {
    void this.#post({ kind: 'SIGTERM' });
  }

  async report(): Promise<NodeReport> {
    const { clock } = this.#context;
    if (!isFresh(this.#state.observed, clock.monotonic()))
      await this.#askDaemon(instancesKnown(this.#state) === 'none' ? ANSWER.without : ANSWER.withInstances);
    return this.#reportNow();
  }

  async metrics(): Promise<string> {
    const report = await this.report();
    return exposition({ report, instances: this.#state.observed.instances, histories: this.#state.observed.histories });
  }

  // --- internal ---

  async #start(): Promise<void> {
    const { paths, run } = this.#context;
    await makeFifo(paths.notifyFifo, run);
    await writeTrackFile(trackFileOf(paths, DRAIN), 0);
    this.#state = starting(await passwordInText(await fileNow(paths)));
    this.#stack.use(readFifo(paths.notifyFifo, (line) => this.#onNotify(line)));
    this.#stack.use(watchMounts([paths.configDir, dirname(paths.passwordFile)], () => void this.#post({ kind: 'poked' })));
    await this.#gateways.start();
    this.#server.start();
    this.#checks.start();
  }

  /** One step; the milliseconds until the next. */
  async #turn(): Promise<number> {
    const pid = await this.#daemon.pid();
    const heard = this.#news.splice(0);
    const { state, actions, wait } = step(this.#state, { pid, news: heard.map(({ news }) => news) }, this.#now());
    this.#state = state;
    for (const { seen } of heard) seen();
    try {
      for (const action of actions) await this.#do(action);
    } catch (error) {
      this.#failed(error);
    }
    return wait;
  }

  /** Carries an action out; what takes long goes on by itself, and is news when it is done. */
  async #do(action: Action): Promise<void> {
    const { paths, run, log } = this.#context;
    switch (action.do) {
      case 'look':
        return this.#later(async () => ({ kind: 'looked', ...(await takeLook({ ...this.#context, checks: this.#checks })) }));
      case 'test':
        return this.#later(async () => ({
          kind: 'tested',
          file: action.file,
          verdict: await stage(action.file, action.text, paths, run),
        }));
      case 'ask':
        this.#askDaemon(action.limit).catch((error: unknown) => this.#failed(error));
        return;
      case 'install':
        return install(action.file, paths);
      case 'discard':
        return discard(action.file, paths);
      case 'reload':
        await this.#daemon.reload();
        return;
      case 'remove stale pid files':
        return this.#daemon.removeStalePidFiles();
      case 'kill keepalived':
        return this.#daemon.kill();
      case 'give up':
        return writeTrackFile(trackFileOf(paths, DRAIN), 1);
      case 'answer':
        this.#asked.resolve(action);
        this.#asked = Promise.withResolvers();
        return;
      case 'log':
        return log[action.level](action.fields, action.message);
      case 'exit':
        this.#isOver = true;
    }
  }

  #later(work: () => Promise<News>): void {
    work().then(
      (news) => void this.#post(news),
      (error) => this.#failed(error),
    );
  }

  /** Resolves when the answer is part of the state. */
  async #askDaemon(limit: number): Promise<void> {
    await this.#post({ kind: 'answered', dump: await this.#daemon.dump(limit) });
  }

  /** Resolves when the news is part of the state. */
  #post(news: News): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#news.push({ news, seen: resolve });
    this.#wake.poke();
    return promise;
  }

  #failed(error: unknown): void {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    void this.#post({ kind: 'failed', message, stack });
  }

  #onNotify(line: string): void {
    const event = parseNotifyLine(line);
    if (event !== null) void this.#post({ kind: 'notified', event });
  }

  /** kubelet tells both containers to end at the same moment. Whoever else asks drains nothing. */
  async #drainedFor(group: string): Promise<{ status: number; words: string }> {
    if (group !== this.#context.group) return { status: 404, words: `this is the agent of group ${this.#context.group}` };
    const { promise } = this.#asked;
    await this.#post({ kind: 'asked' });
    return promise;
  }

  #now(): Moment {
    const { clock } = this.#context;
    return { at: clock.monotonic(), wall: clock.now().getTime() };
  }

  #reportNow(): NodeReport {
    const { identity, group } = this.#context;
    return reportOf(
      viewOf(this.#state, { ...identity, group, interfaces: interfacesNow(), gateways: this.#gateways.addresses, now: this.#now() }),
    );
  }
}
