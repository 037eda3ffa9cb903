#!/bin/bash
# A fresh machine:  fresh.sh bookworm|trixie root|user CHECKOUT 'COMMAND'
#
# Puts a new Debian in a folder, with git, a clone of CHECKOUT's HEAD in ~/limiters and nothing else, and runs
# COMMAND there as root, or as a user with sudo, with the environment of a login. Needs root and the network;
# takes a minute and 300 MB, which are gone afterwards.
set -eu
suite=$1 user=$2 checkout=$(cd "$3" && pwd) command=$4

# shellcheck source=tests/support/debian.sh
. "$(dirname "$0")/debian.sh"

sudo=sudo
[ "$user" != root ] || sudo= # root works without

machine=$(mktemp -d)
chmod 755 "$machine"
remove() {
    # The private server that limiters has started there, at the least.
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/root")" != "$machine" ] || kill -KILL "${process#/proc/}"
    done
    umount "$machine/dev/pts" "$machine/proc" 2>/dev/null || true
    # Never into something that is still mounted.
    rm -rf --one-file-system "$machine" "$machine.log"
}
trap remove EXIT
trap 'exit 1' TERM INT

debian "$suite" "$machine" git ca-certificates $sudo
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$(uname -n)" >"$machine/etc/hosts"
mount -t proc proc "$machine/proc"
mkdir -p "$machine/dev/pts"
mount -t devpts devpts "$machine/dev/pts" -o newinstance,ptmxmode=0666,mode=620
ln -sf pts/ptmx "$machine/dev/ptmx"

home=/root
if [ "$user" != root ]; then
    home=/home/$user
    chroot "$machine" useradd --create-home --shell /bin/bash "$user"
    echo "$user ALL=(ALL) NOPASSWD: ALL" >"$machine/etc/sudoers.d/$user"
fi
git clone -q "$checkout" "$machine$home/limiters"
chroot "$machine" chown -R "$user:" "$home/limiters"
# A login shell reads /etc/profile, and with it the PATH that a user has.
chroot "$machine" setpriv --reuid "$user" --regid "$user" --init-groups \
    env -i HOME="$home" USER="$user" TERM=dumb LANG=C.UTF-8 bash -lc "cd ~/limiters && $command" </dev/null
