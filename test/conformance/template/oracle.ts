import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compareText } from '../../../src/template/data/value.ts';
import { renderTemplate, type TemplateData } from '../../../src/template/render-template.ts';
import { parseTemplate } from '../../../src/template/syntax/parser.ts';
import { TemplateError } from '../../../src/template/template-error.ts';

export interface OracleInput {
  readonly data: TemplateData;
  readonly cases: readonly { readonly name: string; readonly template: string }[];
}

/** The text of a case, or at which of the two stages it failed. */
export interface Outcome {
  readonly text?: string;
  readonly failed?: 'parse' | 'execute';
}

export type OracleResult = Outcome & { readonly name: string; readonly error?: string };

/** What is missing for `askGo`, if anything. */
export function goIsMissing(): string | undefined {
  return spawnSync('go', ['version']).status === 0 ? undefined : 'no go on this machine';
}

/** What Go's text/template makes of the cases. */
export function askGo(input: OracleInput): OracleResult[] {
  return JSON.parse(runGo('run', JSON.stringify(input)));
}

/** src/template/data/kubernetes-schema.ts as Go's types make it. */
export const schemaOfGo = (): string => runGo('schema', '');

/** What this interpreter makes of one. */
export function ourOutcome(template: string, data: TemplateData): Outcome {
  try {
    return { text: renderTemplate(parseTemplate(template), data, compareText).text };
  } catch (error) {
    if (error instanceof TemplateError) return { failed: error.kind };
    throw error;
  }
}

/** Without Go's own words for a failure. */
export function outcomeOf({ text, failed }: OracleResult): Outcome {
  return { ...(text === undefined ? {} : { text }), ...(failed === undefined ? {} : { failed }) };
}

// --- internal ---

function runGo(word: string, input: string): string {
  const run = spawnSync('go', ['run', '.', word], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    input,
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
    maxBuffer: 256 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`go run . ${word}: ${run.stderr}`);
  return run.stdout;
}
