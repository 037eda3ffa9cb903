#!/bin/bash
# A machine with a systemd of its own:  booted.sh FOLDER
#
# Puts a new Debian 12 in FOLDER and boots it there, in the foreground. Needs root and the network. The new
# machine's own systemd-nspawn boots it: the one of this machine, if there is any, may be of another version.
set -eu
# shellcheck source=tests/support/debian.sh
. "$(dirname "$0")/debian.sh"
machine=$1

debian bookworm "$machine" systemd systemd-sysv systemd-container dbus dbus-user-session libpam-systemd redis-tools \
    cron procps
chroot "$machine" useradd --create-home --shell /bin/bash alice
libraries=$(echo "$machine"/usr/lib/*-linux-gnu)
exec "$machine"/lib*/ld-linux*.so.? --library-path "$libraries:$libraries/systemd" "$machine/usr/bin/systemd-nspawn" \
    --quiet --boot --directory "$machine" --register=no --keep-unit --console=pipe </dev/null
