#!/bin/sh
# First process of a lab's host. Its network, mounts, processes and name are the host's own: when it dies, so does the whole host.
# Parameters: NAME, the host's name; DISK, the folder of what outlives the host, or nothing.
set -e
name=$1 disk=$2

mount --make-rshared /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/services
if [ -n "$disk" ]; then
  mkdir -p "$disk/lib" "$disk/log"
  mount --bind "$disk/lib" /var/lib
  mount --bind "$disk/log" /var/log
fi
hostname "$name"
ip link set lo up
for setting in ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv6/conf/default/forwarding=1 ipv6/conf/default/accept_dad=0; do
  echo "${setting#*=}" >"/proc/sys/net/${setting%=*}"
done
echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range # probes ask without rights
echo booted >&3
exec 3>&-
# Waits for ever, and takes in what its descendants leave behind.
while :; do
  sleep 86400 &
  wait
done
