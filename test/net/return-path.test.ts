/** A VIP on an interface that the default route doesn't use: its clients get answers from pods once the documented rules are there. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from './until.ts';

const VIP = '198.51.100.200';
const HOSTS = ['client', 'router', 'node', 'pod'] as const;
type Host = (typeof HOSTS)[number];
/** Links from host to host, with the name at the first, and the addresses of both ends. */
const LINKS: readonly (readonly [from: Host, name: string, address: string, to: Host, other: string])[] = [
  ['client', 'eth0', '203.0.113.5/24', 'router', '203.0.113.1/24'],
  ['node', 'eth0', '192.0.2.11/24', 'router', '192.0.2.1/24'],
  ['node', 'vlan17', '198.51.100.11/24', 'router', '198.51.100.1/24'],
  ['pod', 'eth0', '10.244.0.2/24', 'node', '10.244.0.1/24'],
];
/** What kube-proxy does for an external address with policy Cluster. */
const FORWARDING = `table ip forwarding {
  chain before {
    type nat hook prerouting priority dstnat
    ip daddr ${VIP} tcp dport 80 dnat to 10.244.0.2:80
  }
  chain after {
    type nat hook postrouting priority srcnat
    ct status dnat ip daddr 10.244.0.2 masquerade
  }
}
`;
const SERVER = `require('node:net').createServer((socket) => socket.end('from the pod')).listen(80, () => console.log('listens'))`;

const namespaceOf = (host: Host): string => `ret${process.pid}-${host}`;
const inside = (host: Host, command: readonly string[], input = ''): string =>
  execFileSync('ip', ['netns', 'exec', namespaceOf(host), ...command], { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
const ip = (host: Host, line: string): string => inside(host, ['ip', ...line.split(' ')]);
let server: ReturnType<typeof spawn>;

beforeEach(async () => {
  for (const host of HOSTS) execFileSync('ip', ['netns', 'add', namespaceOf(host)]);
  for (const [index, [from, name, address, to, other]] of LINKS.entries()) {
    ip(from, `link add ${name} type veth peer name l${index} netns ${namespaceOf(to)}`);
    ip(from, `address add ${address} dev ${name}`);
    ip(to, `address add ${other} dev l${index}`);
    for (const [host, device] of [
      [from, name],
      [to, `l${index}`],
      [from, 'lo'],
    ] as const)
      ip(host, `link set ${device} up`);
  }
  for (const [host, router] of [
    ['client', '203.0.113.1'],
    ['node', '192.0.2.1'],
    ['pod', '10.244.0.1'],
  ] as const)
    ip(host, `route add default via ${router}`);
  for (const host of ['router', 'node'] as const) inside(host, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  // Of the links by which it reaches the node, the router takes packets only from whom it would send by them.
  for (const link of ['l1', 'l2']) inside('router', ['sysctl', '-qw', `net.ipv4.conf.${link}.rp_filter=1`]);
  ip('node', `address add ${VIP}/32 dev vlan17`);
  inside('node', ['nft', '-f', '-'], FORWARDING);
  server = spawn('ip', ['netns', 'exec', namespaceOf('pod'), process.execPath, '-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => server.stdout?.once('data', resolve));
});

afterEach(() => {
  server.kill();
  for (const host of HOSTS) execFileSync('ip', ['netns', 'del', namespaceOf(host)]);
});

const asked = (): string => {
  try {
    return inside('client', ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${VIP}/80 && cat <&3`]);
  } catch {
    return 'nothing';
  }
};

/** The commands below a heading of the page. */
function documented(heading: string): string {
  const page = readFileSync('docs/how-to/several-groups.md', 'utf8');
  return /```sh\n([\s\S]*?)```/.exec(page.slice(page.indexOf(`## ${heading}`)))?.[1] ?? '';
}

it.each([0, 1, 2])('answers leave by the interface that the request came in by, with rp_filter %i before', async (filter) => {
  inside('node', ['sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0', `net.ipv4.conf.vlan17.rp_filter=${filter}`]);
  expect(asked()).toBe('nothing');
  const rule = 'from 198.51.100.0/24 table 17';
  ip('node', 'route add default via 198.51.100.1 dev vlan17 table 17');
  ip('node', `rule add ${rule}`);
  expect(asked()).toBe('nothing');
  ip('node', `rule del ${rule}`);
  inside('node', ['sh', '-e'], documented('Answers by another interface'));
  await until('the pod answers', asked, (answer) => answer === 'from the pod');
});
