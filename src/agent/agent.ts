import { dirname } from 'node:path';
import type { NodeReport } from '../api/node/report.ts';
import { DRAIN } from '../localise/drain.ts';
import { trackFileOf } from '../localise/localise.ts';
import type { Moment } from '../vrrp/moment.ts';
import { parseNotifyLine } from '../vrrp/notify-line.ts';
import { fileNow } from './activation/conf-file.ts';
import { passwordInText } from './activation/password-hold.ts';
import { carryOut, type Hands } from './carry-out.ts';
import type { AgentContext } from './context.ts';
import type { News } from './facts.ts';
import { writeTrackFile } from './files/track-file.ts';
import { NotWritten } from './files/write.ts';
import { watchMounts } from './look/mount.ts';
import { Daemon } from './observation/daemon.ts';
import { interfacesNow } from './observation/held-address.ts';
import { makeFifo, readFifo } from './observation/notify-fifo.ts';
import { isFresh } from './observation/observed.ts';
import { reportOf } from './observation/report.ts';
import { viewOf } from './observation/view.ts';
import { exposition } from './serving/metrics.ts';
import { LOOPBACK } from './serving/own-address.ts';
import { AgentServer } from './serving/server.ts';
import { SignOfLife } from './serving/sign-of-life.ts';
import { instancesKnown, type State, starting } from './state.ts';
import { step } from './step.ts';
import { Wake } from './wake.ts';
import { Watchers } from './watchers.ts';

/** Milliseconds for the daemon to answer a question of the report; one without instances never does. */
const ANSWER = { withInstances: 1000, without: 100 };

/**
 * The process beside keepalived in every pod of a group: keeps the daemon on the newest good file and tells what really runs. What it does is
 * decided in `step`; here facts are gathered, and actions carried out.
 */
export class Agent {
  readonly #context: AgentContext;
  readonly #daemon: Daemon;
  readonly #watchers: Watchers;
  readonly #server: AgentServer;
  readonly #wake = new Wake();
  readonly #hands: Hands;
  readonly #life: SignOfLife;
  readonly #stack = new DisposableStack();
  #state: State = starting(null);
  #news: { readonly news: News; readonly seen: () => void }[] = [];
  #asked = Promise.withResolvers<{ status: number; words: string }>();
  #isOver = false;

  constructor(context: AgentContext) {
    const monotonic = (): number => context.clock.monotonic();
    this.#context = context;
    this.#life = new SignOfLife(context.paths.aliveFile, monotonic);
    this.#daemon = new Daemon(context.paths, monotonic);
    this.#watchers = new Watchers(context, { now: () => this.#now(), state: () => this.#state });
    const answers = { report: () => this.report(), metrics: () => this.metrics(), drained: (group: string) => this.#drainedFor(group) };
    this.#server = new AgentServer(answers, context, (taken) => void this.#post({ kind: 'port', taken }));
    this.#hands = {
      ...context,
      daemon: this.#daemon,
      checks: this.#watchers.checks,
      server: this.#server,
      ask: (limit) => void this.#askDaemon(limit).catch((error: unknown) => this.#failed(error)),
      later: (work) =>
        void work().then(
          (news) => this.#post(news),
          (error: unknown) => this.#failed(error),
        ),
      answer: (drained) => {
        this.#asked.resolve(drained);
        this.#asked = Promise.withResolvers();
      },
      exit: () => {
        this.#isOver = true;
      },
    };
  }

  /** Works until the agent has ended as {@link end} asked for; rejects only when the FIFO can't be had. */
  async work(): Promise<void> {
    await this.#start();
    while (!this.#isOver) {
      const wait = await this.#turn();
      if (!this.#isOver) await this.#wake.wait(wait);
    }
    this.#watchers.stop();
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
    await writeTrackFile(trackFileOf(paths, DRAIN), 0).catch((error: unknown) => this.#failed(error));
    this.#state = starting(await passwordInText(await fileNow(paths)));
    this.#stack.use(readFifo(paths.notifyFifo, (line) => this.#onNotify(line)));
    this.#stack.use(watchMounts([paths.configDir, dirname(paths.passwordFile)], () => void this.#post({ kind: 'poked' })));
    await this.#watchers.start();
    this.#server.serve(LOOPBACK);
  }

  /** One step; the milliseconds until the next. */
  async #turn(): Promise<number> {
    await this.#life.show();
    const pid = await this.#daemon.pid();
    const heard = this.#news.splice(0);
    const { state, actions, wait } = step(this.#state, { pid, news: heard.map(({ news }) => news) }, this.#now());
    this.#state = state;
    for (const { seen } of heard) seen();
    try {
      for (const action of actions) await carryOut(action, this.#hands);
    } catch (error) {
      this.#failed(error);
    }
    return wait;
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
    const notWritten = error instanceof NotWritten ? { file: error.file, code: error.code } : undefined;
    void this.#post({ kind: 'failed', message, stack, ...(notWritten && { notWritten }) });
  }

  #onNotify(line: string): void {
    const event = parseNotifyLine(line);
    if (event !== null) void this.#post({ kind: 'notified', event, heard: this.#now() });
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
    const { identity, group, podAddresses } = this.#context;
    return reportOf(
      viewOf(this.#state, {
        ...identity,
        group,
        podAddresses,
        interfaces: interfacesNow(),
        ...this.#watchers.report,
        dumpDir: this.#context.paths.dumpDir,
        now: this.#now(),
      }),
    );
  }
}
