import { Argument, Command } from 'commander';
import { complete } from './complete.ts';
import { SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** `completion`; `print` is given a script. */
export function completionCommand(print: (script: string) => void): Command {
  return new Command('completion')
    .summary('prints a script that makes a shell complete verbs and options')
    .description(
      `Prints the completion script of kubectl-keepalived for a shell. For "kubectl keepalived", set up kubectl's own completion and put the program
kubectl_complete-keepalived on PATH: "completion kubectl" prints it, and the operator's image has it.`,
    )
    .addArgument(
      new Argument('<shell>', 'shell to print the script for; kubectl prints the program kubectl_complete-keepalived').choices(SHELLS),
    )
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => print(SCRIPTS[shell]));
}

/** What the scripts call. @param program - whose verbs there are, once it has all of them */
export function completeCommand(program: () => Command, print: (text: string) => void): Command {
  return new Command('__complete')
    .argument('[words...]', 'what stands behind the name of the program')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((words: readonly string[]) => print(answerOf(program(), words)));
}

// --- internal ---

const NO_SPACE = 2;
const NO_FILES = 4;

/** As cobra's programs answer, which kubectl reads. */
function answerOf(program: Command, words: readonly string[]): string {
  const { candidates, isFile, isOpen } = complete(program, words);
  const lines = candidates.map(({ value, description }) => `${value}\t${description}\n`).join('');
  return `${lines}:${(isFile ? 0 : NO_FILES) + (isOpen ? NO_SPACE : 0)}\n`;
}

const EXAMPLES = `
Examples:
  kubectl-keepalived completion bash > /etc/bash_completion.d/kubectl-keepalived
  kubectl-keepalived completion zsh > "\${fpath[1]}/_kubectl-keepalived"
  kubectl-keepalived completion fish > ~/.config/fish/completions/kubectl-keepalived.fish
  kubectl-keepalived completion kubectl > /usr/local/bin/kubectl_complete-keepalived`;
