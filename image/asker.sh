#!/bin/sh
# Asks all hosts of a link who has an address, and hears every answer: the container `asker` of the pod on each node (ADR 53).
#
#   asker FOLDER
#
# FOLDER/questions  a FIFO. Each line asks once: NUMBER INTERFACE, then SENDER ADDRESS for each question, ten at most.
# FOLDER/answers    replaced in one step a second later: `asked NUMBER`, then what arping and ndisc6 printed, under a heading with the address.
#
# It never ends by itself, so that a pod without the programs, the capability or the folder is as well as any other.
set -u -f
umask 077
ulimit -c 0

# INTERFACE SENDER ADDRESS: one question, and a second for the answers. Who floods the link with them ends only the program that hears them.
ask() {
  ulimit -f 8
  case $3 in
    *:*) exec ndisc6 -n -m -r 1 -w 1000 -s "$2" "$3" "$1" ;;
    *) exec arping -b -i 5 -w 1 -s "$2" -I "$1" "$3" ;;
  esac
}

cd "${1:?expected a folder}" || exec sleep infinity
[ -p questions ] || mkfifo questions || exec sleep infinity
# Open for both, so that it stays open when a writer leaves.
exec 3<>questions

while true; do
  IFS=' ' read -r number link questions <&3 || sleep 1
  # Only a question becomes a command, whoever wrote the line.
  case ${number:-none} in *[!0-9]*) continue ;; esac
  case ${link:--} in -* | *[!a-zA-Z0-9_.:@+-]*) continue ;; esac
  case ${questions:-none} in *[!0-9a-f.:\ ]*) continue ;; esac
  # shellcheck disable=SC2086
  set -- $questions
  { [ $# -ge 2 ] && [ $# -le 20 ]; } || continue
  addresses=
  count=0
  while [ $# -ge 2 ]; do
    count=$((count + 1))
    ask "$link" "$1" "$2" >"heard.$count" 2>&1 &
    addresses="$addresses $2"
    shift 2
  done
  wait
  # By the shell itself: a program costs as much as a question does.
  {
    echo "asked $number"
    count=0
    for address in $addresses; do
      count=$((count + 1))
      echo "==> $address <=="
      while IFS= read -r line; do printf '%s\n' "$line"; done <"heard.$count"
    done
  } >answers.new
  mv answers.new answers
done
