/** Prometheus reads what the agents serve. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { ensurePackages } from '../../lab/machine/packages.ts';
import { run } from '../../lab/machine/run.ts';
import { labUnderTest, settled, VIP, whyNoLab } from './lab-under-test.ts';

const whyNot = whyNoLab ?? (await whyNoPrometheus());
let lab: Lab;
let folder: string;

describe.skipIf(whyNot !== undefined)(`Prometheus${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await settled(lab);
    folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  });
  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it('accepts the metrics of every node; promtool only warns that names of the Go operator lack _total', async () => {
    for (const node of lab.nodes) {
      const { stdout } = await lab.exec(node, ['curl', '--silent', '--fail', 'http://127.0.0.1:9650/metrics']);
      expect(stdout).toContain('keepalived_up 1');
      const { code, stderr } = await run(['promtool', 'check', 'metrics'], { input: stdout, allowFailure: true });
      const faults = stderr
        .split('\n')
        .filter((line) => line !== '' && !/^keepalived_vrrp_\w+ counter metrics should have "_total" suffix$/.test(line));
      expect(faults).toEqual([]);
      expect([0, 3]).toContain(code);
    }
  });

  it('scrapes every node over the network, and can say who has the address', async () => {
    const addresses = await lab.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}']);
    const targets = addresses
      .split(' ')
      .filter((address) => !address.includes(':'))
      .map((address) => `${address}:9650`);
    const config = { scrape_configs: [{ job_name: 'keepalived', scrape_interval: '1s', static_configs: [{ targets }] }] };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const { stdout } = await lab.exec('client', ['sh', '-c', scrape(folder, lab.nodes.length)]);
    const [up, masters] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).data.result);
    expect(up.map(({ value }: Sample) => value[1])).toEqual([String(lab.nodes.length)]);
    const found = masters.filter(({ metric }: Sample) => metric.name === 'web/web');
    const [owner] = await lab.holders(VIP);
    const index = owner === undefined ? -1 : lab.nodes.indexOf(owner);
    expect(found.map(({ metric }: Sample) => metric.instance)).toEqual([targets[index]]);
  });
});

// --- internal ---

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Runs Prometheus until it has scraped so many nodes (40 s at most); prints two answers, a line each. */
const scrape = (folder: string, nodes: number): string => `
prometheus --config.file=${folder}/prometheus.yml --storage.tsdb.path=${folder}/data --web.listen-address=127.0.0.1:19090 >${folder}/log 2>&1 &
prometheus=$!
ask() { curl --silent --get --data-urlencode "query=$1" http://127.0.0.1:19090/api/v1/query; }
for _ in $(seq 200); do
  case $(ask 'count(keepalived_up == 1)') in *'"${nodes}"]'*) break ;; esac
  sleep 0.2
done
ask 'count(keepalived_up == 1)'; echo
ask 'keepalived_instance_state == 2'; echo
kill $prometheus
wait $prometheus`;

/** Installs the Debian package where it is missing; what stands in the way, or undefined. */
async function whyNoPrometheus(): Promise<string | undefined> {
  try {
    await ensurePackages(['prometheus'], { say: () => undefined, log: '/dev/null' });
    return undefined;
  } catch (error) {
    return `the Debian package prometheus can not be installed: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`;
  }
}
