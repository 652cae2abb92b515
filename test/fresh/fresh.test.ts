/** The commands that README.md, CONTRIBUTING.md and the workflows name, on a Debian that was installed a minute ago. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLines, type RunResult } from '../../lab/machine/run.ts';
import { type BareMachine, bareMachine } from './bare-machine.ts';
import { MORE, QUICK } from './commands.ts';

const SUITES: Readonly<Record<string, string>> = { 12: 'bookworm', 13: 'trixie' };

const isAll = process.env.FRESH === 'all';
const commands = isAll ? [...QUICK, ...MORE] : QUICK;

describe.skipIf(whyNot() !== undefined).each(isAll ? Object.keys(SUITES) : [byTurns()])(
  `a bare Debian %s${whyNot() === undefined ? '' : ` (skipped: ${whyNot()})`}`,
  (version) => {
    let machine: BareMachine | undefined;
    beforeAll(async () => {
      machine = await bareMachine(SUITES[version] ?? '');
    });
    afterAll(() => machine?.remove());

    it("has no Node but Debian's own, older one", async () => {
      const { stdout } = await runOn(machine, 'node --version; npm --version; ls node_modules 2>&1');
      expect(stdout).toMatch(/^v(?:18|20)\.[\d.]+\n9\./);
      expect(stdout).toContain("cannot access 'node_modules'");
    });

    it.each(commands)('%s', async (command, expected) => {
      const started = performance.now();
      const { stdout, stderr, code } = await runOn(machine, command);
      console.log(`Debian ${version}: ${command}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
      const printed = lastLines(`${stdout}\n${stderr}`, 40);
      expect(code, printed).toBe(0);
      expect(stdout, printed).toMatch(expected);
    });
  },
);

// --- internal ---

function runOn(machine: BareMachine | undefined, command: string): Promise<RunResult> {
  if (machine === undefined) throw new Error('there is no machine: it could not be made');
  return machine.run(command);
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux to make one';
  return undefined;
}

/** Which Debian it is this time, from the commit. */
function byTurns(): string {
  const commit = execFileSync('git', ['-c', 'safe.directory=*', 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  return Number.parseInt(commit.slice(0, 8), 16) % 2 === 0 ? '12' : '13';
}
