import type { RunCommand } from '../run-command.ts';
import { type ConfigTest, verdictOf } from './verdict.ts';

/** Longer than any file takes; a check that hangs is a refusal. */
const LIMIT_MILLISECONDS = 20_000;

/** Has keepalived check the file. */
export async function testConfig(file: string, text: string, run: RunCommand): Promise<ConfigTest> {
  const { status, stdout, stderr } = await run('keepalived', ['--config-test', '--log-console', `--use-file=${file}`], LIMIT_MILLISECONDS);
  return verdictOf({ file, text, status, output: `${stderr}\n${stdout}` });
}
