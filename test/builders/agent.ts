import type { ConfigTest } from '../../src/agent/activation/verdict.ts';
import type { Action, Look, News } from '../../src/agent/facts.ts';
import type { Dump } from '../../src/agent/observation/observed.ts';
import { type State, starting } from '../../src/agent/state.ts';
import { step } from '../../src/agent/step.ts';
import type { AgentSettings } from '../../src/api/node/config.ts';
import { parse } from '../../src/conf/parse.ts';
import { block, type Conf, line, type Statement } from '../../src/conf/tree.ts';
import { instancesOf } from '../../src/localise/instance.ts';
import type { NodeFacts } from '../../src/localise/node-facts.ts';
import { aDumped, anInstance } from './instance.ts';

export const NODE: NodeFacts = {
  node: 'n1',
  pod: 'p1',
  interfaces: [{ name: 'eth0', addresses: [{ address: '192.0.2.1', prefixLength: 24 }] }],
  link: 'eth0',
  password: null,
};
const PATHS = { notifyFifo: '/run/notify.fifo', trackDir: '/run/track' };
export const WEB = anInstance('ns/web', 7);
export const API = anInstance('ns/api', 8);

/** Where the wall's clock is when the monotonic one is at 0. */
const WALL = Date.UTC(2026, 0, 1);

/**
 * An agent without a node: its state, and a world in which files, keepalived and kubelet are variables. Time passes only when a test says so,
 * and whatever the agent does is in `done`, in order.
 */
export class StagedAgent {
  state: State = starting(null);
  now = 0;
  /** What the wall's clock is off. */
  offset = 0;
  pid: number | null = 100;
  /** The mounted ConfigMap. */
  conf: Conf = groupOf(WEB);
  settings: AgentSettings = {
    version: 1,
    revision: 'r1',
    group: 'ns/g',
    link: { kind: 'name', name: 'eth0' },
    password: false,
    checks: [],
  };
  node: NodeFacts | null = NODE;
  present: readonly string[] = [];
  refuses: (text: string) => boolean = () => false;
  /** Whether the daemon answers, and with what instances; it runs its file as it was when it started or was told to read it. */
  answers = true;
  deaf = false;
  /** Built without JSON. */
  isMute = false;
  masters: readonly string[] = [];
  file: string | null = null;
  read: string | null = null;
  readonly done: Action[] = [];
  readonly #staged: Record<string, string> = {};
  #news: News[] = [];
  /** Questions that a daemon leaves unanswered are news when their time is over. */
  readonly #unanswered: { readonly until: number; readonly dump: Dump }[] = [];

  /** Time passes in steps of 10 ms, or so many milliseconds at once with `leap`. */
  pass(milliseconds: number, leap = false): this {
    for (const end = this.now + milliseconds; this.now < end; ) {
      this.now += leap ? milliseconds : 10;
      this.step();
    }
    return this;
  }

  /** One step with this news, and those that follow from it at the same moment. */
  step(...news: readonly News[]): this {
    this.#news.push(...news);
    while ((this.#unanswered[0]?.until ?? Number.POSITIVE_INFINITY) <= this.now) {
      const [over] = this.#unanswered.splice(0, 1);
      if (over) this.#news.push({ kind: 'answered', dump: over.dump });
    }
    for (let rounds = 0; rounds === 0 || this.#news.length > 0; rounds++) {
      if (rounds > 50) throw new Error('the agent goes round in circles');
      const result = step(this.state, { pid: this.pid, news: this.#news.splice(0) }, { at: this.now, wall: WALL + this.now + this.offset });
      this.state = result.state;
      for (const action of result.actions) this.#do(action);
    }
    return this;
  }

  /** The ConfigMap changes. */
  put(revision: string, ...instances: readonly Statement[]): this {
    this.conf = groupOf(...instances);
    this.settings = { ...this.settings, revision };
    return this.step({ kind: 'poked' });
  }

  /** keepalived is killed, or starts again with the file as it is. */
  set process(pid: number | null) {
    this.pid = pid;
    this.read = pid === null ? null : this.file;
  }

  /** What was done since the last call, in short: without questions, looks and log lines. */
  did(): string[] {
    const quiet = new Set(['ask', 'look', 'log', 'test', 'serve', 'remove stale pid files']);
    return this.done
      .splice(0)
      .filter((action) => !quiet.has(action.do))
      .map((action) => [action.do, ...('file' in action ? [action.file] : []), ...('words' in action ? [action.words] : [])].join(' '));
  }

  // --- internal ---

  #do(action: Action): void {
    this.done.push(action);
    switch (action.do) {
      case 'look':
        this.#news.push({ kind: 'looked', ...this.#look() });
        return;
      case 'test':
        this.#staged[action.file] = action.text;
        this.#news.push({ kind: 'tested', file: action.file, verdict: this.#verdict(action.text) });
        return;
      case 'install':
        this.file = this.#staged[action.file] ?? null;
        return;
      case 'reload':
        if (!this.deaf && this.pid !== null) this.read = this.file;
        return;
      case 'ask':
        if (this.answers || this.isMute || this.pid === null) this.#news.push({ kind: 'answered', dump: this.#dump() });
        else this.#unanswered.push({ until: this.now + action.limit, dump: this.#dump() });
    }
  }

  #look(): Look {
    return {
      bundle: { kind: 'bundle', settings: this.settings, conf: this.conf },
      node: this.node,
      file: this.file,
      healthy: new Set(),
      interfaces: [{ name: 'eth0', addresses: this.present.map((address) => ({ address, prefixLength: 32 })) }],
      podAddresses: [],
      paths: PATHS,
    };
  }

  #verdict(text: string): ConfigTest {
    return this.refuses(text) ? { kind: 'refused', message: 'no', lines: [] } : { kind: 'good' };
  }

  #dump(): Dump {
    const asked = this.now;
    if (this.pid === null) return { kind: 'not running', asked };
    if (this.isMute) return { kind: 'mute', asked };
    if (!this.answers || this.read === null) return { kind: 'silent', asked };
    const instances = instancesOf(parse(this.read));
    return {
      kind: 'dump',
      asked,
      instances: instances.map(({ name, virtualRouterId, priority, addresses }) =>
        aDumped(name, virtualRouterId, {
          addresses,
          basePriority: priority,
          state: this.masters.includes(name) || priority === 255 ? 'MASTER' : 'BACKUP',
        }),
      ),
    };
  }
}

// --- internal ---

const groupOf = (...instances: readonly Statement[]): Conf => [block('global_defs', [], [line('router_id', 'g')]), ...instances];
