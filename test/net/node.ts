import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsIn } from '../../src/agent/paths.ts';
import type { AgentSettings } from '../../src/api/node/config.ts';
import type { InstanceReport, NodeReport } from '../../src/api/node/report.ts';
import { print } from '../../src/conf/print.ts';
import type { Conf } from '../../src/conf/tree.ts';
import { ip } from './bridge.ts';
import { until } from './until.ts';

export type Settings = Partial<Omit<AgentSettings, 'version' | 'revision'>>;

/** `ip netns exec` gives each program mounts of its own. */
const CONFINED = [
  'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys',
  'exec setpriv --bounding-set=-all,+net_admin,+net_raw --inh-caps=-all --no-new-privs "$0" "$@"',
].join(' && ');

/** One node of a group: a real keepalived and a real agent in a network namespace, with a mount that is swapped as kubelet does it. */
export class TestNode implements AsyncDisposable {
  readonly name: string;
  readonly namespace: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'agt-'));
  readonly #mount = join(this.#folder, 'mount');
  readonly #passwordFile = join(this.#folder, 'auth', 'password');
  readonly paths = pathsIn({
    runDir: join(this.#folder, 'run'),
    dumpDir: join(this.#folder, 'dumps'),
    wireDir: join(this.#folder, 'wire'),
  });
  #keepalived: ChildProcess | null = null;
  #agent: ChildProcess | null = null;
  #asker: ChildProcess | null = null;
  #agentLog = '';
  #version = 0;
  readonly #program: readonly string[];

  /** The agent is the one of the sources, or another program with arguments for Node before it. */
  constructor(name: string, namespace: string, program: readonly string[] = ['src/main/agent.ts']) {
    this.#program = program;
    this.name = name;
    this.namespace = namespace;
    for (const folder of [this.#mount, this.paths.runDir, this.paths.dumpDir, this.paths.wireDir, join(this.#folder, 'auth')])
      mkdirSync(folder);
  }

  /** Swaps the mounted ConfigMap in one step; the new revision's name. */
  put(conf: Conf, settings: Settings = {}): string {
    return this.putText(print(conf), settings);
  }

  putText(text: string, settings: Settings = {}): string {
    this.#version += 1;
    const revision = `r${this.#version}`;
    const folder = join(this.#mount, `..${this.#version}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'keepalived.conf'), text);
    const agent: AgentSettings = {
      version: 1,
      revision,
      group: 'ns/g',
      link: { kind: 'name', name: 'eth0' },
      password: false,
      checks: [],
      ...settings,
    };
    writeFileSync(join(folder, 'agent.json'), JSON.stringify(agent));
    symlinkSync(`..${this.#version}`, join(this.#mount, '..data_tmp'));
    renameSync(join(this.#mount, '..data_tmp'), join(this.#mount, '..data'));
    return revision;
  }

  setPassword(password: string): void {
    writeFileSync(`${this.#passwordFile}.new`, password);
    renameSync(`${this.#passwordFile}.new`, this.#passwordFile);
  }

  /** What a pod does: the init container, then both containers. */
  start(): void {
    this.setup();
    this.startKeepalived();
    this.startAgent();
  }

  setup(): string {
    return execFileSync('ip', [...this.#inside(), ...this.#agentCommand('setup')], { encoding: 'utf8', env: this.#environment() });
  }

  /** Confined: with the two capabilities of its container, and settings of the kernel that it can only read. */
  startKeepalived(how: 'free' | 'confined' = 'free'): void {
    const { configFile, pidFile, vrrpPidFile, checkersPidFile, dumpDir } = this.paths;
    const files = [`--use-file=${configFile}`, `--pid=${pidFile}`, `--vrrp_pid=${vrrpPidFile}`, `--checkers_pid=${checkersPidFile}`];
    const args = ['keepalived', '--dont-fork', '--log-console', '--no-syslog', ...files];
    const command = how === 'free' ? args : ['sh', '-c', CONFINED, ...args];
    this.#keepalived = spawn('ip', [...this.#inside(), ...command], { stdio: 'ignore', env: { ...process.env, TMPDIR: dumpDir } });
  }

  /** The agent runs as in its pod: without any capability. */
  startAgent(forNode: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): void {
    const args = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', ...this.#agentCommand('run', forNode)];
    const agent = spawn('ip', [...this.#inside(), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.#environment(), ...environment },
    });
    for (const stream of [agent.stdout, agent.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#agentLog += chunk;
      });
    this.#agent = agent;
  }

  /** The asker runs as in its pod: with one capability. */
  startAsker(): void {
    const program = ['setpriv', '--bounding-set=-all,+net_raw', '--inh-caps=-all', '--no-new-privs', 'sh', 'image/asker.sh'];
    this.#asker = spawn('ip', [...this.#inside(), ...program, this.paths.wireDir], { stdio: 'ignore' });
  }

  stopAsker(): Promise<void> {
    return ended(this.#asker, 'SIGTERM');
  }

  get agentLog(): string {
    return this.#agentLog;
  }

  get agentPid(): number {
    return this.#agent?.pid ?? 0;
  }

  signalAgent(signal: NodeJS.Signals): Promise<void> {
    return ended(this.#agent, signal);
  }

  get keepalivedEnded(): boolean {
    return this.#keepalived === null || this.#keepalived.exitCode !== null || this.#keepalived.signalCode !== null;
  }

  /** Signals keepalived and its children. */
  signalProcesses(signal: NodeJS.Signals): void {
    for (const file of [this.paths.vrrpPidFile, this.paths.checkersPidFile, this.paths.pidFile]) {
      try {
        const pid = Number(readFileSync(file, 'utf8'));
        if (pid > 1) process.kill(pid, signal);
      } catch {
        // It has no such process.
      }
    }
  }

  signalKeepalived(signal: NodeJS.Signals): Promise<void> {
    return ended(this.#keepalived, signal);
  }

  /** Answer of the agent over HTTP, from inside the namespace. */
  get(path: string): string {
    const answer = this.answer(path);
    return answer.slice(answer.indexOf('\r\n\r\n') + 4);
  }

  /** The same with the headers before it. */
  answer(path: string): string {
    const script = `exec 3<>/dev/tcp/127.0.0.1/9650; printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
    return execFileSync('ip', [...this.#inside(), 'bash', '-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  }

  state(): NodeReport {
    return JSON.parse(this.get('/state'));
  }

  /** The report once it is as wished; fails with the last one. */
  when(sentence: string, wished: (report: NodeReport) => boolean, seconds = 15): Promise<NodeReport> {
    return until(`${this.name}: ${sentence}`, () => this.state(), wished, seconds);
  }

  runs(revision: string): Promise<NodeReport> {
    return this.when(`runs ${revision}`, ({ config }) => config.revision === revision);
  }

  masterOf(name: string, seconds = 15): Promise<NodeReport> {
    return this.when(`is master of ${name}`, ({ instances }) => instanceIn(instances, name)?.state === 'MASTER', seconds);
  }

  /** Addresses on eth0 as the kernel has them. */
  addresses(): string[] {
    const [link] = JSON.parse(ip('-n', this.namespace, '-json', 'address', 'show', 'dev', 'eth0'));
    return link.addr_info.map(({ local }: { local: string }) => local);
  }

  configText(): string {
    return readFileSync(this.paths.configFile, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.signalAgent('SIGTERM'), this.signalKeepalived('SIGTERM'), ended(this.#asker, 'SIGTERM')]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // --- internal ---

  #inside(): string[] {
    return ['netns', 'exec', this.namespace];
  }

  #agentCommand(command: 'setup' | 'run', forNode: readonly string[] = []): string[] {
    const { runDir, dumpDir, wireDir } = this.paths;
    const folders = ['--config', this.#mount, '--password', this.#passwordFile, '--run', runDir, '--dumps', dumpDir, '--wire', wireDir];
    return [process.execPath, ...forNode, ...this.#program, command, ...folders];
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_NAME: this.name, POD_NAME: `pod-${this.name}`, KEEPALIVED_GROUP: 'ns/g' };
  }
}

export function instanceIn(instances: readonly InstanceReport[], name: string): InstanceReport | undefined {
  return instances.find((instance) => instance.name === name);
}

function ended(process: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (process === null || process.exitCode !== null || process.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    process.once('exit', () => resolve());
    process.kill(signal);
  });
}
