/** `make bench`: prints medians and ratios. Names of benchmarks choose among them; without any, all run. */
import { cpus } from 'node:os';
import { benchAddresses } from './addresses.ts';
import { benchAllocate } from './allocate.ts';
import { benchController } from './controller.ts';
import { benchPlan } from './plan.ts';
import { benchRest } from './rest.ts';

const BENCHMARKS: Readonly<Record<string, () => readonly string[] | Promise<readonly string[]>>> = {
  plan: benchPlan,
  rest: benchRest,
  allocate: benchAllocate,
  controller: benchController,
  addresses: benchAddresses,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n`);
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (chosen.length === 0 || chosen.includes(name)) console.log((await run()).join('\n'));
  }
}
