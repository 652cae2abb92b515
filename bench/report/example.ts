/** Results as a run leaves them, for tests: growths and failovers, whole and not, on a quiet and on a busy machine. */
import type { Measured, Results } from './results.ts';

const machine = { processor: 'Example <8> & Co', cores: 8, memoryMiB: 16_384, kernel: '6.12.0', node: '24.21.0' };
const quiet: Measured['load'] = { average: [0.1, 0.2, 0.3], others: 0.05, isIdleClass: false };

const planning: Measured = {
  name: 'planning',
  title: 'Planning, by Services',
  about: 'A group is planned.',
  varies: 'Services',
  command: 'scripts/node bench/main.ts --quick --only planning',
  seconds: 12,
  load: quiet,
  series: [
    ...[10, 100, 1000, 10_000].map((at) => ({
      of: 'plan and render',
      unit: 'ms',
      at,
      samples: [at / 10, at / 20, at / 8, at / 12, at / 9],
    })),
    ...[10, 100, 1000, 10_000].map((at) => ({ of: 'all new & <odd>', unit: 'ms', at, samples: [at ** 1.5 / 10] })),
  ],
};

const failover: Measured = {
  name: 'failover',
  title: 'What a client misses',
  about: 'An owner goes.',
  command: 'scripts/node bench/main.ts --only failover',
  seconds: 1234,
  load: { ...quiet, others: 2.5 },
  partial: 'It failed after 21 samples: node2 does not answer',
  series: [
    { of: 'defaults: power off, IPv4', unit: 'ms', samples: [812, 830, 799, 1204.5, 820] },
    { of: 'defaults: power off, IPv6', unit: 'ms', samples: [815, 829, 801, 1210, 822] },
    { of: 'defaults: pod deleted, IPv4', unit: 'ms', samples: [0, 0, 0, 10, 0] },
    { of: 'defaults: power off, lost on the way home', unit: 'packets', samples: [0, 0, 1] },
  ],
};

export const EXAMPLE: Results = {
  runs: [
    {
      command: 'scripts/node bench/main.ts --only failover',
      date: '2026-01-01T00:00:00.000Z',
      commit: '0123456789ab with changes',
      machine: { ...machine, keepalived: '2.3.3', kubernetes: '1.37.2' },
      measured: [failover],
      left: [],
    },
    {
      command: 'scripts/node bench/main.ts --quick',
      date: '2026-01-02T00:00:00.000Z',
      commit: '0123456789ab',
      machine,
      measured: [planning],
      left: [
        { name: 'failover', title: 'What a client misses', why: 'a quick run does without' },
        { name: 'agent', title: 'What the agent costs a node', why: 'a quick run does without' },
      ],
    },
  ],
};
