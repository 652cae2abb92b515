/** What an image for another processor is asked before it is kept: whether its programs come to the same as here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE_POD } from '../src/api/node/pod.ts';

const CLUSTER = 'cluster.json';
const CONFS = 'test/scenarios/*/*.conf';

/** Gives `work` a folder that holds a large cluster (`cluster.json`) and every node's keepalived.conf of the scenarios (`conf/`). */
export async function withGiven<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'image-trial-'));
  try {
    writeFileSync(join(folder, CLUSTER), JSON.stringify(cluster(520)));
    mkdirSync(join(folder, 'conf'));
    for (const file of globSync(CONFS)) {
      const name = file.split('/').slice(-2).join('.');
      writeFileSync(join(folder, 'conf', name), onInterfaceOfHere(readFileSync(file, 'utf8')));
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** For the image's shell: the hash of the plan that is made there. */
export const PLAN = `kubectl-keepalived plan -f /given/cluster.json 2>/dev/null | sha256sum`;

/** The hash of the plan that is made here, as sha256sum(1) prints it. */
export function planHere(folder: string): string {
  const program = ['src/main/kubectl-keepalived.ts', 'plan', '-f', join(folder, CLUSTER)];
  const plan = execFileSync(process.execPath, program, { maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'ignore'] });
  return `${createHash('sha256').update(plan).digest('hex')}  -`;
}

/** For the image's shell: how many files its keepalived takes, and what it says of the others. */
export const CONFIG_TESTS = `mkdir -p ${NODE_POD.runDir}/track && mkfifo ${NODE_POD.runDir}/notify.fifo
for file in /given/conf/*; do
  if keepalived --config-test --use-file="$file" >/tmp/said 2>&1; then echo good; else echo "$file: $(cat /tmp/said)"; fi
done | sort | uniq -c`;

/** What that prints where all are taken. */
export const ALL_GOOD = `${globSync(CONFS).length} good`;

// --- internal ---

/** keepalived refuses a file that names an interface which the machine doesn't have, and machines differ in the names. */
function onInterfaceOfHere(conf: string): string {
  const [name = 'lo'] = Object.entries(networkInterfaces()).flatMap(([link, addresses = []]) =>
    addresses.some(({ internal }) => !internal) ? [link] : [],
  );
  return conf.replaceAll(/^( *interface) \S+$/gm, `$1 ${name}`);
}

/** A group on ten nodes and `count` Services with an address each, of either family. */
function cluster(count: number): object {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const annotations = { 'keepalived-operator.redhat-cop.io/keepalivedgroup': 'web/vips' };
  const address = (index: number): string =>
    index % 2 === 0 ? `198.51.${100 + Math.floor(index / 200)}.${1 + (index % 200)}` : `2001:db8::${(index + 1).toString(16)}`;
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'redhatcop.redhat.io/v1alpha1',
        kind: 'KeepalivedGroup',
        metadata: { name: 'vips', namespace: 'web' },
        spec: { interface: 'eth0' },
      },
      ...numbers.slice(0, 10).map((index) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: `node${index + 1}` } })),
      ...numbers.map((index) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: `s${index}`, namespace: 'web', annotations },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }], externalIPs: [address(index)] },
      })),
    ],
  };
}
