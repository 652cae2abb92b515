#!/bin/sh
# Turns a Debian root file system (13 or newer) into what the image needs of it: keepalived, iproute2, arping, ndisc6 and socat, a shell with the usual small programs for
# users' check scripts, and the libraries of Node. Runs inside that root file system, as root; a second run changes nothing.
set -eu
export DEBIAN_FRONTEND=noninteractive

if ! command -v keepalived >/dev/null || ! command -v arping >/dev/null || ! command -v ndisc6 >/dev/null ||
  ! command -v socat >/dev/null; then
  apt-get update
  apt-get install --yes --no-install-recommends keepalived iproute2 iputils-arping ndisc6 socat libstdc++6
fi

# What installs packages and what only people at a terminal use goes; the list of packages stays, for scanners.
if command -v apt-get >/dev/null; then
  unwanted=$(dpkg-query --show --showformat='${Package}\n' | grep -xE "apt|debconf|debian-archive-keyring|diffutils|libapt-pkg[0-9.]+|\
libcap2-bin|libdb5.3t64|libhogweed6t64|liblastlog2-2|libnettle8t64|libpam-cap|libpam-modules|libpam-modules-bin|libpam-runtime|libseccomp2|libsemanage2|\
libsemanage-common|libsepol2|libsqlite3-0|login|login.defs|mount|ncurses-bin|openssl-provider-legacy|passwd|pci.ids|perl|perl-base|\
perl-modules-[0-9.]+|sqv|tzdata|util-linux")
  # Debian's own Node, where the image has it, is linked with this one.
  if [ -e /usr/bin/node ]; then unwanted=$(echo "$unwanted" | grep -vx libsqlite3-0); fi
  # shellcheck disable=SC2086
  dpkg --purge --force-all $unwanted >/tmp/purge.log 2>&1 || { cat /tmp/purge.log >&2; exit 1; }
fi

cd /usr/share
rm -rf bash-completion debconf doc info lintian locale man misc/pci.ids perl perl5 pixmaps polkit-1 zoneinfo
# Of Perl only the library stays that net-snmp is linked with: keepalived can't start without it.
rm -rf /usr/lib/*-linux-gnu/perl /usr/lib/*-linux-gnu/perl-base /usr/lib/*-linux-gnu/gconv /usr/lib/apt /usr/sbin/arpd
rm -rf /etc/apt /var/cache/* /var/lib/apt /var/log/* /var/lib/dpkg/info /var/lib/dpkg/*-old /var/lib/systemd /tmp/* /root/.[a-z]*

# Of the tools around ndisc6 and socat they alone are of use; ndisc6 and arping run with the capability of their container, and give none to whoever starts them.
cd /usr/bin
rm -f filan procan socat-broker.sh socat-chain.sh socat-mux.sh addr2name dnssort name2addr rdisc6 rltraceroute6 tcpspray.ndisc6 tcpspray6 tcptraceroute6 traceroute6 tracert6 /etc/alternatives/traceroute6*
for program in arping ndisc6; do cp $program $program.plain && mv $program.plain $program && chmod 755 $program; done

# The image's user, so that programs find a name and a home for it.
grep -q '^nonroot:' /etc/passwd || echo 'nonroot:x:65532:65532:nonroot:/:/usr/sbin/nologin' >>/etc/passwd
grep -q '^nonroot:' /etc/group || echo 'nonroot:x:65532:' >>/etc/group

for program in manager agent; do ln -sf "/usr/local/lib/keepalived-operator/$program.mjs" "/$program"; done
ln -sf ../lib/keepalived-operator/kubectl-keepalived.mjs /usr/local/bin/kubectl-keepalived
# As `kubectl-keepalived completion kubectl` prints it: kubectl completes its plugins by such a program.
printf '%s\n' '#!/bin/sh' 'exec kubectl-keepalived __complete "$@"' >/usr/local/bin/kubectl_complete-keepalived
chmod 755 /usr/local/bin/kubectl_complete-keepalived
