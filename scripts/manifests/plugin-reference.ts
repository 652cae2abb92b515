/** The reference page of the plugin's options, from the tables that its help and its completion are made from. */
import type { Argument, Command, Option } from 'commander';
import { RELEASED_IMAGE } from '../../src/api/release.ts';
import { pluginProgram } from '../../src/main/plugin/program.ts';

/** docs/reference/kubectl-keepalived-options.md */
export function pluginOptionsPage(): string {
  const verbs = pluginProgram().commands.filter((verb) => !verb.name().startsWith('__'));
  return `<!-- Made from src/cli by npm run gen. -->
# Options of kubectl keepalived

What \`--help\` says of each verb. What the verbs are for, and what their output means: [kubectl keepalived](kubectl-keepalived.md).

${verbs.map(section).join('\n')}`;
}

// --- internal ---

function section(verb: Command): string {
  const rows = [...verb.registeredArguments.map(argumentRow), ...verb.options.filter(({ hidden }) => !hidden).map(optionRow)];
  const text = verb.description().replaceAll('<', '&lt;');
  return `## ${verb.name()}

\`${verb.name()} ${verb.usage()}\`

${text}

| | |
|---|---|
${rows.join('\n')}
`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function argumentRow(argument: Argument): string {
  const form = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  return `| \`${form}\` | ${cell(argument.description)}${choices(argument.argChoices)} |`;
}

function optionRow({ flags, description, argChoices, defaultValue, mandatory }: Option): string {
  // What changes with each release says nothing here.
  const standard = defaultValue === undefined || defaultValue === RELEASED_IMAGE ? '' : `; default: \`${defaultValue}\``;
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description)}${choices(argChoices)}${standard}${mandatory ? '; required' : ''} |`;
}

const choices = (values: readonly string[] | undefined): string =>
  values === undefined ? '' : `: ${values.map((one) => `\`${one}\``).join(', ')}`;
