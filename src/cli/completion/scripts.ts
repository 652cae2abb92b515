/** Shells whose completion is printed; `kubectl` stands for the program by which kubectl completes its plugins, in any shell. */
export const SHELLS = ['bash', 'zsh', 'fish', 'kubectl'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What each shell reads. All of them ask the program itself what may come next: it answers with a candidate a line, a tab and what it does,
 * and in the last line, behind a colon, what cobra calls a directive: 2, no blank behind it; 4, no names of files.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of kubectl-keepalived
_kubectl_keepalived() {
  local answer line directive=0 current=\${COMP_WORDS[COMP_CWORD]}
  answer=$(kubectl-keepalived __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done <<<"$answer"
  # bash completes what stands behind the equals sign only.
  if [[ $COMP_WORDBREAKS == *=* && ($current == "=" || \${COMP_WORDS[COMP_CWORD-1]} == "=") ]]; then
    COMPREPLY=("\${COMPREPLY[@]#*=}")
    current=\${current#=}
  fi
  if (( (directive & 2) != 0 )); then compopt -o nospace 2>/dev/null; fi
  if (( (directive & 4) == 0 )); then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
  fi
}
complete -F _kubectl_keepalived kubectl-keepalived
`,
  zsh: `#compdef kubectl-keepalived
_kubectl_keepalived() {
  local line directive=0
  local -a candidates spaces
  for line in "\${(@f)$(kubectl-keepalived __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done
  (( directive & 2 )) && spaces=(-S '')
  (( \${#candidates} )) && _describe 'keepalived' candidates $spaces
  (( directive & 4 )) || _files
}
compdef _kubectl_keepalived kubectl-keepalived
`,
  fish: `# fish completion of kubectl-keepalived
function __kubectl_keepalived_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (kubectl-keepalived __complete $words[2..-1] "$current" 2>/dev/null)
    string match -v ':*' -- $answer
    if contains -- ':0' $answer
        __fish_complete_path "$current"
    end
end
complete -c kubectl-keepalived -f -a '(__kubectl_keepalived_complete)'
`,
  kubectl: `#!/bin/sh
# kubectl asks this program, named kubectl_complete-keepalived on PATH, what may come next behind "kubectl keepalived".
exec kubectl-keepalived __complete "$@"
`,
};
