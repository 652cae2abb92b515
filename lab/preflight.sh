#!/bin/sh
# Says in one sentence each what this machine lacks for a lab; exit status 1 when there is anything. Changes nothing.
# It is plain sh, because it runs before `npm ci`: on a wrong machine not even the right Node can be installed.
# The file of the first parameter stands for /etc/os-release, that of the second for /proc/self/status (tests).
os_release=${1:-/etc/os-release}
own_status=${2:-/proc/self/status}

status=0
lacks() {
  echo "$*" >&2
  status=1
}
has() { command -v "$1" >/dev/null 2>&1; }

# One value of os-release(5), without its quotes.
distribution() { sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\).*/\1/p" "$os_release" 2>/dev/null; }

# Whether root holds the capability of that bit number, <linux/capability.h>; true where the kernel tells none.
capable() {
  effective=$(sed -n 's/^CapEff:[^0-9a-f]*//p' "$own_status" 2>/dev/null)
  [ -z "$effective" ] || [ $(((0x$effective >> $1) & 1)) -eq 1 ]
}

kernel=$(uname -s)
if [ "$kernel" != Linux ]; then
  lacks "The lab needs Linux (network namespaces, cgroups); this is $kernel. Run it in a Debian 12 or 13 virtual machine."
  exit 1
fi

if [ "$(id -u)" != 0 ]; then
  lacks "The lab needs root (it makes network namespaces and mounts); this is user id $(id -u). Run it with sudo."
else
  capable 12 || lacks 'The lab needs CAP_NET_ADMIN, which root lacks here (a container?). Run it on a machine of its own or in a privileged container.'
  capable 21 || lacks 'The lab needs CAP_SYS_ADMIN, which root lacks here (a container?). Run it on a machine of its own or in a privileged container.'
fi

id=$(distribution ID)
version=$(distribution VERSION_ID)
found="${id:-an unknown distribution}${version:+ $version}"
if ! has apt-get; then
  lacks "The lab installs Debian packages and needs apt-get, which is not on PATH; this is $found. Run it on Debian 12 or 13."
elif [ "$id" != debian ] || [ "${version:-12}" -lt 12 ]; then
  lacks "The lab needs Debian 12 or 13; this is $found."
fi

processor=$(uname -m)
case $processor in
  x86_64 | aarch64) ;;
  *) lacks "The lab needs an x86-64 or arm64 processor; this is $processor." ;;
esac

has npm || lacks 'The lab needs Node with npm, which is not on PATH (apt-get install npm, or https://nodejs.org).'
has git || lacks 'The lab needs git, which is not on PATH (apt-get install git).'
has make || lacks 'The lab needs make, which is not on PATH (apt-get install make).'

exit "$status"
