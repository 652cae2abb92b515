/** Ethernet frames on a host's eth0: hears those that come and go, and sends some of its own making. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ip } from './bridge.ts';
import { until } from './until.ts';

/** `hear` prints each VRRP frame as a line of hex digits; `send` sends the frames of its input, written so, ten times a second until it is ended. */
const PACKETS = `
use strict; use Socket;
my ($how, $index) = @ARGV; $| = 1;
socket(my $s, 17, SOCK_RAW, unpack('n', pack('S', 0x0003))) or die "socket: $!";
my $to = pack('S n i S C C x8', 17, 0x0003, $index, 0, 0, 0);
bind($s, $to) or die "bind: $!";
my @frames = $how eq 'send' ? map { chomp; pack('H*', $_) } <STDIN> : ();
while ($how eq 'send') { send($s, $_, 0, $to) // die "send: $!" for @frames; select(undef, undef, undef, 0.1); }
while (1) {
  recv($s, my $frame, 2048, 0) // die "recv: $!";
  next unless length($frame) >= 42;
  my $type = unpack('x12 n', $frame);
  print unpack('H*', $frame), "\\n" if unpack($type == 0x86dd ? 'x20 C' : 'x23 C', $frame) == 112;
}
`;

export class Frames implements AsyncDisposable {
  readonly #namespace: string;
  readonly #running: ChildProcess[] = [];

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** VRRP frames that come in or go out, until they are all that is wished for; none of them twice. */
  async hear(sentence: string, wished: (frames: readonly Buffer[]) => boolean): Promise<readonly Buffer[]> {
    const lines = new Set<string>();
    const child = this.#start('hear');
    if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.add(line));
    const framesNow = () => [...lines].map((line) => Buffer.from(line, 'hex'));
    await until(sentence, () => wished(framesNow()), Boolean, 15);
    return framesNow();
  }

  /** Sends them ten times a second until {@link stop}. */
  send(frames: readonly Buffer[]): void {
    this.#start('send').stdin?.end(frames.map((frame) => `${frame.toString('hex')}\n`).join(''));
  }

  async stop(): Promise<void> {
    const ended = this.#running.splice(0).map(async (child) => {
      const exit = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await exit;
    });
    await Promise.all(ended);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  // --- internal ---

  #start(how: 'hear' | 'send'): ChildProcess {
    const [link] = JSON.parse(ip('-n', this.#namespace, '-json', 'link', 'show', 'dev', 'eth0'));
    const command = ['netns', 'exec', this.#namespace, 'perl', '-e', PACKETS, how, String(link.ifindex)];
    const child = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#running.push(child);
    return child;
  }
}
