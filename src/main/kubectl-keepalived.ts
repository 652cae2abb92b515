#!/usr/bin/env node
import { note, sentenceOf } from './plugin/edges.ts';
import { pluginProgram } from './plugin/program.ts';

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await pluginProgram().parseAsync();
} catch (error) {
  note(`error: ${sentenceOf(error)}`);
  process.exitCode = 1;
}
