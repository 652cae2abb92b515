/** A host on the switch that isn't of the group: it runs a keepalived of its own, and records adverts and sends them again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from '../../src/conf/print.ts';
import { block, line, type Statement } from '../../src/conf/tree.ts';
import { ip } from './bridge.ts';
import { until } from './until.ts';

/** Writes the first VRRP frame whose priority passes to a file; with `send` sends that frame ten times a second until it is ended. */
const PACKETS = `
use strict; use Socket;
my ($how, $file, $low, $high, $index) = @ARGV;
socket(my $s, 17, SOCK_RAW, unpack('n', pack('S', 0x0003))) or die "socket: $!";
my $to = pack('S n i S C C x8', 17, 0x0003, $index, 0, 0, 0);
bind($s, $to) or die "bind: $!";
if ($how eq 'record') {
  while (1) {
    recv($s, my $frame, 2048, 0) // die "recv: $!";
    next unless length($frame) > 36 && unpack('x12 n', $frame) == 0x0800 && unpack('x23 C', $frame) == 112;
    my $priority = unpack('x36 C', $frame);
    next if $priority < $low || $priority > $high;
    open(my $out, '>:raw', "$file.new") or die; print $out $frame; close $out; rename("$file.new", $file); exit 0;
  }
}
open(my $in, '<:raw', $file) or die "open: $!"; local $/; my $frame = <$in>;
while (1) { send($s, $frame, 0, $to) // die "send: $!"; select(undef, undef, undef, 0.1); }
`;

export class Rogue implements Disposable {
  readonly namespace: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rogue-'));
  readonly #running: ChildProcess[] = [];

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Runs keepalived with this instance until {@link stop}. */
  claim(lines: readonly Statement[]): void {
    const file = join(this.#folder, 'keepalived.conf');
    writeFileSync(file, print([block('global_defs', [], [line('router_id', 'rogue')]), block('vrrp_instance', ['rogue'], lines)]));
    const pids = ['pid', 'vrrp_pid', 'checkers_pid'].map((name) => `--${name}=${join(this.#folder, name)}`);
    this.#start('keepalived', ['--dont-fork', '--log-console', '--no-syslog', '--vrrp', `--use-file=${file}`, ...pids]);
  }

  /** The next advert on the wire with such a priority; resolves when it is recorded. */
  async record(low: number, high: number): Promise<Buffer> {
    const file = join(this.#folder, `advert-${low}-${high}`);
    rmSync(file, { force: true });
    this.#packets('record', file, low, high);
    await until(
      'an advert is recorded',
      () => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
      (size) => size > 0,
      15,
    );
    return readFileSync(file);
  }

  /** Sends what was recorded ten times a second until {@link stop}. */
  replay(low: number, high: number): void {
    this.#packets('send', join(this.#folder, `advert-${low}-${high}`), low, high);
  }

  holds(address: string): boolean {
    return ip('-n', this.namespace, 'address', 'show', 'dev', 'eth0').includes(` ${address}/`);
  }

  async stop(): Promise<void> {
    for (const child of this.#running.splice(0)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || !child.kill('SIGTERM')) continue;
      await ended;
    }
  }

  [Symbol.dispose](): void {
    for (const child of this.#running.splice(0)) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // --- internal ---

  #packets(how: 'record' | 'send', file: string, low: number, high: number): void {
    const [link] = JSON.parse(ip('-n', this.namespace, '-json', 'link', 'show', 'dev', 'eth0'));
    this.#start('perl', ['-e', PACKETS, how, file, String(low), String(high), String(link.ifindex)]);
  }

  #start(command: string, args: readonly string[]): void {
    this.#running.push(
      spawn('ip', ['netns', 'exec', this.namespace, command, ...args], {
        stdio: ['ignore', 'ignore', command === 'perl' ? 'inherit' : 'ignore'],
      }),
    );
  }
}
