#!/bin/sh
# Runs a command in a root file system as if that were a machine: enter.sh ROOT KUBERNETES COMMAND. It is started by unshare(1) in mount and
# process namespaces of its own, so that all it mounts and starts ends with it. KUBERNETES is a folder of the cache, seen there read-only.
set -eu
root=$1 kubernetes=$2 command=$3

mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
if [ -d "$kubernetes" ]; then
  mkdir -p root/.cache/keepalived-operator/kubernetes
  mount --bind -o ro "$kubernetes" root/.cache/keepalived-operator/kubernetes
fi
pivot_root . mnt
umount --lazy /mnt
cd /root/keepalived-operator
exec sh -c "$command"
