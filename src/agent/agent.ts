import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSettings } from '../api/node/config.ts';
import type { NodeReport } from '../api/node/report.ts';
import type { Bundle } from '../localise/bundle.ts';
import { type Candidate, candidateOf, type Unusable } from '../localise/candidate.ts';
import { headStart, headStartAgain } from '../localise/head-start.ts';
import { instancesOf } from '../localise/instance.ts';
import { trackFileOf } from '../localise/localise.ts';
import type { NodeFacts } from '../localise/node-facts.ts';
import type { Problem } from '../localise/problem.ts';
import { parseNotifyLine } from '../vrrp/notify-line.ts';
import { activate, revive } from './activate.ts';
import { type Newest, problemsOf, refusalOf } from './attempt.ts';
import { Checks } from './checks.ts';
import { Daemon } from './daemon.ts';
import { type Drained, drain, undrain } from './drain.ts';
import { Gateways } from './gateways.ts';
import { interfacesNow, isPresent } from './held-address.ts';
import type { Log } from './log.ts';
import { exposition } from './metrics.ts';
import { watchMounts } from './mount.ts';
import { type Identity, readFacts } from './node-reader.ts';
import { makeFifo, readFifo } from './notify-fifo.ts';
import { Observed } from './observed.ts';
import { afterLook, holding, type PasswordHold, passwordInFile, passwordOf, settlesIn } from './password-hold.ts';
import type { Paths } from './paths.ts';
import { readBundle } from './read-bundle.ts';
import { reportOf } from './report.ts';
import type { RunCommand } from './run-command.ts';
import { AgentServer } from './server.ts';
import { type SteadyLink, steady } from './steady-link.ts';
import { ensureTrackFile } from './track-file.ts';
import { Wake } from './wake.ts';

export interface AgentContext {
  readonly identity: Identity;
  /** `namespace/name` of the group. */
  readonly group: string;
  readonly paths: Paths;
  readonly port: number;
  readonly run: RunCommand;
  readonly log: Log;
}

/** Milliseconds. */
const TIMES = {
  /** Between looks at mount and interfaces when no event comes. */
  poll: 5000,
  /** Between looks at the daemon's process: kubelet starts it again within a second, and what it left has to be seen to before. */
  pulse: 200,
  /** Between looks while the daemon does not run or has not read the file. */
  waiting: 200,
  /** Before a file that keepalived refused or did not take is tried again unchanged. */
  retry: 30_000,
  /** Between two reloads: changes in that time join. */
  spacing: 300,
  /** For the daemon to run a new file. */
  patience: 5000,
  /** For a daemon that was killed to start again, before other nodes take over. */
  back: 2500,
  /** Between two times that a killed daemon starts as a master: one that dies again and again is none. */
  sound: 600_000,
  /** For the daemon to end before the agent does. */
  ending: 20_000,
  /** Between kubelet's question whether the node is drained and its SIGTERM, in whatever order they come. */
  told: 2000,
};

/** The process beside keepalived in every pod of a group: keeps the daemon on the newest good file and tells what really runs. */
export class Agent {
  readonly #context: AgentContext;
  readonly #daemon: Daemon;
  readonly #observed: Observed;
  readonly #checks: Checks;
  readonly #gateways: Gateways;
  readonly #server: AgentServer;
  readonly #wake = new Wake();
  readonly #stack = new DisposableStack();
  /** Settled with the drain that has begun, once the agent is told to end. */
  readonly #told = Promise.withResolvers<{ readonly drain: Promise<Drained> }>();
  #stopped = false;
  #link: SteadyLink = { link: null, other: null };
  #settings: AgentSettings | null = null;
  #hold: PasswordHold = holding(null);
  #newest: Newest | null = null;
  #active: { readonly candidate: Candidate; readonly since: number } | null = null;
  #portProblem: Problem | null = null;
  #reloads = 0;
  #revived = Number.NEGATIVE_INFINITY;

  constructor(context: AgentContext) {
    this.#context = context;
    this.#daemon = new Daemon(context.paths, Date.now);
    this.#observed = new Observed(this.#daemon, Date.now);
    this.#checks = new Checks(context.paths, context.log);
    this.#gateways = new Gateways(context.run, context.log, Date.now);
    const answers = { report: () => this.report(), metrics: () => this.metrics(), drained: (group: string) => this.#drainedFor(group) };
    this.#server = new AgentServer(answers, context.port, (taken) => this.#onPort(taken));
  }

  /** Works until {@link stop}; rejects only when the FIFO can't be had. */
  async work(): Promise<void> {
    const { paths, run } = this.#context;
    await makeFifo(paths.notifyFifo, run);
    await undrain(paths);
    this.#hold = holding(await passwordInFile(paths.configFile));
    this.#stack.use(readFifo(paths.notifyFifo, (line) => this.#onNotify(line)));
    this.#stack.use(watchMounts([paths.configDir, dirname(paths.passwordFile)], () => this.#wake.poke()));
    await this.#gateways.start();
    this.#server.start();
    this.#checks.start();
    while (!this.#stopped) {
      const delay = await this.#cycle().catch((error: Error) => this.#failed(error));
      await this.#rest(delay);
    }
  }

  /**
   * Hands the addresses over to other nodes, and answers until keepalived has ended; kubelet waits with that for {@link AgentServer} to say that
   * the node is drained.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.poke();
    this.#checks.stop();
    this.#gateways.stop();
    const draining = this.#drain();
    this.#told.resolve({ drain: draining });
    await draining;
    for (let waited = 0; waited < TIMES.ending && (await this.#daemon.pid()) !== null; waited += 50) await sleep(50);
    this.#server.close();
    this.#stack.dispose();
  }

  async report(): Promise<NodeReport> {
    await this.#observed.refresh(this.#hasInstances());
    return this.#reportNow();
  }

  async metrics(): Promise<string> {
    const report = await this.report();
    return exposition({ report, instances: this.#observed.instances, histories: this.#observed.histories });
  }

  // --- internal ---

  /** Waits so many milliseconds; a change of the mount or of the daemon's process ends it early. */
  async #rest(milliseconds: number): Promise<void> {
    const pid = await this.#daemon.pid();
    for (let rested = 0; rested < milliseconds && !this.#stopped; rested += TIMES.pulse) {
      if (await this.#wake.wait(Math.min(TIMES.pulse, milliseconds))) return;
      const now = await this.#daemon.pid();
      if (now === pid) continue;
      this.#context.log.info({ before: pid, now }, 'the process of keepalived changed');
      return;
    }
  }

  /** One look at everything and what follows from it; the milliseconds until the next. */
  async #cycle(): Promise<number> {
    const { paths, log } = this.#context;
    const running = (await this.#daemon.pid()) !== null;
    if (!running) await this.#daemon.removeStalePidFiles();
    const bundle = await readBundle(paths.configDir);
    const candidate = await this.#candidateOf(bundle);
    if (candidate.kind === 'settling') return candidate.milliseconds;
    if (candidate.kind === 'unusable') {
      if (this.#newest?.kind !== 'unusable' || candidate.problem.message !== this.#newest.problem.message)
        log.warn({ revision: candidate.revision, problem: candidate.problem }, 'the configuration can not be used');
      this.#newest = candidate;
    } else if (!this.#isSettled(candidate)) return this.#activate(candidate);
    else if (!running) return this.#revive(candidate);
    return running ? TIMES.poll : TIMES.waiting;
  }

  async #candidateOf(bundle: Bundle): Promise<Candidate | Unusable | Settling> {
    if (bundle.kind === 'unusable') return bundle;
    const { settings } = bundle;
    const { identity, paths, run } = this.#context;
    const facts = await readFacts(identity, { link: settings.link, passwordFile: paths.passwordFile }, run);
    if (facts === null) return noFacts(settings.revision);
    const milliseconds = this.#holdPassword(settings, facts);
    if (milliseconds > 0) return { kind: 'settling', milliseconds };
    for (const { trackFile } of settings.checks) await ensureTrackFile(trackFileOf(paths, trackFile));
    await this.#checks.set(settings.checks);
    const password = passwordOf(this.#hold, facts.password);
    return candidateOf(bundle, { ...this.#withSteadyLink(settings, facts), password }, paths);
  }

  /** Milliseconds until the settings can be judged; 0 for at once. */
  #holdPassword({ password, passwordRound: round = 0, revision }: AgentSettings, facts: NodeFacts): number {
    const now = performance.now();
    const before = this.#hold;
    this.#hold = password ? afterLook(before, { password: facts.password, round, now }) : holding(null);
    const { waitsSince, used } = this.#hold;
    if (waitsSince !== null && before.waitsSince === null)
      this.#context.log.info({ revision, round }, 'a changed password waits until all nodes take it up');
    if (used !== before.used) this.#context.log.info({ revision, round }, 'another password is used');
    return settlesIn(this.#hold, now);
  }

  /** Another link in the settings counts at once; one that the routes name now and then does not. */
  #withSteadyLink(settings: AgentSettings, facts: NodeFacts): NodeFacts {
    const same = JSON.stringify(settings.link) === JSON.stringify(this.#settings?.link);
    this.#settings = settings;
    const before = same ? this.#link : { link: null, other: null };
    this.#link = steady(before, facts.link, (name) => facts.interfaces.some((known) => known.name === name));
    return { ...facts, link: this.#link.link };
  }

  /** Whether there is nothing to do for this candidate now. */
  #isSettled({ text, revision }: Candidate): boolean {
    const newest = this.#newest;
    if (newest?.kind !== 'attempt' || newest.candidate.text !== text || newest.candidate.revision !== revision) return false;
    if (newest.activation.kind === 'running') return true;
    return newest.activation.kind !== 'waiting' && Date.now() - newest.at < TIMES.retry;
  }

  async #activate(candidate: Candidate): Promise<number> {
    const { paths, run, log } = this.#context;
    const { revision } = candidate;
    const before = this.#newest?.kind === 'attempt' ? this.#newest.activation.kind : null;
    const first = this.#active && headStart(candidate.conf, this.#active.candidate.conf, this.#checks.healthy);
    const activation = await activate(candidate, { paths, run, daemon: this.#daemon, patience: TIMES.patience }, first);
    this.#newest = { kind: 'attempt', candidate, activation, at: Date.now() };
    if ('reloads' in activation) this.#reloads += activation.reloads;
    if ('reloads' in activation && activation.reloads > 0) this.#observed.expire();
    if (activation.kind === 'running') this.#active = { candidate, since: Date.now() };
    if (activation.kind === 'refused' || activation.kind === 'unconfirmed') log.warn({ revision, activation }, 'configuration not taken');
    else if (activation.kind !== before || activation.kind === 'running') log.info({ revision, activation }, 'configuration taken');
    if (activation.kind === 'waiting') return TIMES.waiting;
    if ('reloads' in activation && activation.reloads > 0) await sleep(TIMES.spacing);
    return TIMES.poll;
  }

  /** A daemon that was killed released nothing: where this node comes first it starts again as the master that it was. */
  async #revive(candidate: Candidate): Promise<number> {
    const { paths, run, log } = this.#context;
    const first = headStartAgain(candidate.conf, isPresent(interfacesNow()), this.#checks.healthy);
    if (first === null || this.#stopped || performance.now() - this.#revived < TIMES.sound) return TIMES.waiting;
    this.#revived = performance.now();
    log.info({ instances: first.names }, 'keepalived was killed; it starts again as their master');
    const activation = await revive(candidate, first, TIMES.back, { paths, run, daemon: this.#daemon, patience: TIMES.patience });
    this.#newest = { kind: 'attempt', candidate, activation, at: Date.now() };
    this.#observed.expire();
    log.info({ revision: candidate.revision, activation }, 'configuration taken');
    return TIMES.waiting;
  }

  async #drain(): Promise<Drained> {
    const { paths, log } = this.#context;
    const start = Date.now();
    const drained = await drain(this.#active?.candidate.conf ?? null, this.#daemon, paths);
    log.info({ milliseconds: Date.now() - start }, `drained: ${drained}`);
    return drained;
  }

  /** kubelet tells both containers to end at the same moment. Whoever else asks drains nothing. */
  async #drainedFor(group: string): Promise<{ status: number; words: string }> {
    if (group !== this.#context.group) return { status: 404, words: `this is the agent of group ${this.#context.group}` };
    const told = await Promise.race([this.#told.promise, sleep(TIMES.told, null)]);
    return told ? { status: 200, words: await told.drain } : { status: 409, words: 'the agent was not told to end, so nothing is drained' };
  }

  #failed(error: Error): number {
    this.#context.log.error({ error: error.message, stack: error.stack }, 'unexpected');
    return TIMES.poll;
  }

  #onNotify(line: string): void {
    const event = parseNotifyLine(line);
    if (event === null) return;
    this.#observed.notify(event);
    this.#context.log.info({ ...event }, 'transition');
  }

  #onPort(taken: { readonly port: number; readonly reason: string } | null): void {
    const message = `port ${taken?.port} of the node is taken (${taken?.reason}): VIPs are served, and this agent's state and metrics are not; end what has the port: groups of one cluster have ports of their own`;
    if (taken && !this.#portProblem) this.#context.log.warn({ ...taken }, 'the port is taken');
    this.#portProblem = taken ? { reason: 'PortTaken', message } : null;
  }

  #hasInstances(): boolean {
    return this.#active === null || instancesOf(this.#active.candidate.conf).length > 0;
  }

  #reportNow(): NodeReport {
    const { identity, group } = this.#context;
    const active = this.#active;
    const problems = problemsOf(this.#newest, active?.candidate ?? null);
    return reportOf({
      ...identity,
      group: this.#settings?.group ?? group,
      active: active && { revision: active.candidate.revision, since: active.since },
      passwordWaitsAfter: this.#hold.waitsSince === null ? null : this.#hold.round,
      refused: refusalOf(this.#newest),
      daemonRuns: this.#observed.runs,
      reloads: this.#reloads,
      link: this.#link.link,
      interfaces: interfacesNow(),
      gateways: this.#gateways.addresses,
      instances: this.#observed.instances,
      histories: this.#observed.histories,
      problems: this.#portProblem ? [...problems, this.#portProblem] : problems,
      now: Date.now(),
    });
  }
}

/** A round of the password was just called; what is mounted a moment later counts. */
interface Settling {
  readonly kind: 'settling';
  readonly milliseconds: number;
}

function noFacts(revision: string): Unusable {
  const message = 'the interfaces of the node could not be read (ip -json address show); see the log of the agent';
  return { kind: 'unusable', revision, problem: { reason: 'InterfaceNotFound', message } };
}
