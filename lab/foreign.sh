#!/bin/sh
# Runs a command where programs of another processor run, by QEMU: foreign.sh ARCHITECTURE COMMAND... (root). Where the machine itself
# runs them, nothing is done. Else it is a user namespace with a binfmt_misc of its own (Linux 6.7): nothing of the machine changes.
set -eu
architecture=$1
shift
# Debian's name of it.
name=$architecture
case $architecture in
  amd64) cpu=x86_64 ;;
  arm64) cpu=aarch64 ;;
  ppc64le) cpu=ppc64le name=ppc64el ;;
  riscv64 | s390x) cpu=$architecture ;;
  *) echo "No image is made for $architecture; expected amd64, arm64, ppc64le, riscv64 or s390x." >&2 && exit 2 ;;
esac
[ "$name" != "$(dpkg --print-architecture)" ] || exec "$@"
if ! command -v arch-test >/dev/null || ! [ -e "/usr/lib/binfmt.d/qemu-$cpu.conf" ]; then
  echo "Programs of $architecture need QEMU here: apt-get install arch-test qemu-user-static" >&2
  exit 1
fi
! arch-test "$name" >/dev/null || exec "$@"

steps=$(mktemp -d)
trap 'rm -rf "$steps"' EXIT
mkfifo "$steps/unshared" "$steps/mapped"
# What root writes in there stays apart: file systems in layers are marked otherwise in a user namespace.
XDG_CACHE_HOME=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/keepalived-operator/foreign
export XDG_CACHE_HOME
# The second shell has root's capabilities: the first one started before its user had a name.
# shellcheck disable=SC2016
unshare --user --mount sh -c '
  set -eu
  steps=$1 rule=$2
  shift 2
  echo >"$steps/unshared"
  read -r _ <"$steps/mapped"
  exec sh -eu -c "mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; cat $rule >/proc/sys/fs/binfmt_misc/register; exec \"\$@\"" sh "$@"
' sh "$steps" "/usr/lib/binfmt.d/qemu-$cpu.conf" "$@" &
namespace=$!
timeout 10 cat "$steps/unshared" >/dev/null || { echo 'Found no way to make a user namespace.' >&2 && exit 1; }
for map in uid_map gid_map; do echo '0 0 65536' >"/proc/$namespace/$map"; done
echo >"$steps/mapped"
wait "$namespace"
