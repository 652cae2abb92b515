#!/bin/sh
# Asks all hosts of a link who has an address, and hears every answer; hears the adverts of VRRP on it. The container `asker` of the pod on each
# node (ADR 53, ADR 59).
#
#   asker FOLDER
#
# FOLDER/questions  a FIFO. Each line asks once: NUMBER INTERFACE, then SENDER ADDRESS for each question, ten at most; or it begins to hear adverts,
#                   and ends what it heard before: `hear` INTERFACE, then `4`, `6` or both.
# FOLDER/answers    replaced in one step a second later: `asked NUMBER`, then what arping and ndisc6 printed, under a heading with the address.
# FOLDER/adverts.4  what socat prints of each advert of IPv4, until there is no more room in it; made anew when it begins to hear. For IPv6 adverts.6.
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

# INTERFACE FAMILY: the adverts of VRRP, which is protocol 112, whoever sent them and to whatever router id. It joins their multicast group itself.
listen() {
  ulimit -f 2048
  case $2 in
    4) exec socat -u -x -d -d "IP4-RECV:112,ip-add-membership=224.0.0.18:$1,bindtodevice=$1" /dev/null ;;
    6) exec socat -u -x -d -d "IP6-RECV:112,ipv6-join-group=[ff02::12]:$1,bindtodevice=$1" /dev/null ;;
  esac
}

cd "${1:?expected a folder}" || exec sleep infinity
[ -p questions ] || mkfifo questions || exec sleep infinity
# Open for both, so that it stays open when a writer leaves.
exec 3<>questions

listeners=
# shellcheck disable=SC2086
trap 'kill $listeners 2>/dev/null; exit 143' TERM
while true; do
  IFS=' ' read -r number link questions <&3 || sleep 1
  # Only a question becomes a command, whoever wrote the line.
  case ${link:--} in -* | *[!a-zA-Z0-9_.:@+-]*) continue ;; esac
  if [ "${number:-none}" = hear ]; then
    # shellcheck disable=SC2086
    { kill $listeners && wait $listeners; } 2>/dev/null
    listeners=
    # A colon would mean something to socat.
    case $link in *:*) continue ;; esac
    for family in $questions; do
      case $family in 4 | 6) ;; *) continue ;; esac
      rm -f "adverts.$family"
      # Without the FIFO: nobody is to take it for one that reads questions.
      listen "$link" "$family" >"adverts.$family" 2>&1 3<&- &
      listeners="$listeners $!"
    done
    continue
  fi
  case ${number:-none} in *[!0-9]*) continue ;; esac
  case ${questions:-none} in *[!0-9a-f.:\ ]*) continue ;; esac
  # shellcheck disable=SC2086
  set -- $questions
  { [ $# -ge 2 ] && [ $# -le 20 ]; } || continue
  addresses=
  asked=
  count=0
  while [ $# -ge 2 ]; do
    count=$((count + 1))
    ask "$link" "$1" "$2" >"heard.$count" 2>&1 &
    asked="$asked $!"
    addresses="$addresses $2"
    shift 2
  done
  # shellcheck disable=SC2086
  wait $asked
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
