#!/bin/bash
# Builds limiters and installs it:  ./install.sh [--release FILE] [--prefix DIR]
#
# Without --prefix it goes to /usr/local, as root or through sudo; with it to DIR, as the user who asks.
# Missing packages (Debian 12 and 13) are installed first. Nothing is started.
# With --release it installs what FILE has, an archive limiters-VERSION-linux-ARCH.tar.gz, and builds nothing.
set -euo pipefail
self=install.sh
cd "$(dirname "$0")"
. cmake/packages.sh

prefix='' release=''
while [ $# -gt 0 ]; do
    case $1 in
    --prefix | --release)
        [ -n "${2-}" ] || die "$1 needs a value"
        declare "${1#--}=$2"
        shift
        ;;
    --prefix=?* | --release=?*) declare "${1#--}" ;;
    -h | --help)
        sed -n '2,6s/^# \{0,1\}//p' install.sh
        exit
        ;;
    *) die "unknown argument $1: there are --prefix DIR and --release FILE" ;;
    esac
    shift
done
[ -n "$prefix" ] || ask_for_root || die "installing to /usr/local needs root; ./install.sh --prefix ~/.local installs for you alone"

if [ -n "$release" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    tar -xf "$release" -C "$folder" --strip-components 1 2>/dev/null || die "$release is no archive of a release"
    if [ -n "$prefix" ]; then
        mkdir -p "$prefix" && prefix=$(cd "$prefix" && pwd) && "$folder/install" "$prefix"
    else
        as_root "$folder/install"
    fi
    exit
fi

# Under `sudo ./install.sh` the build still belongs to the user, not to root, in whose checkout it happens.
as_builder() {
    if [ "$(id -u)" = 0 ] && [ "${SUDO_UID-0}" != 0 ] && [ "$(stat -c %u .)" = "$SUDO_UID" ]; then
        sudo -u "$SUDO_USER" -- "$@"
    else
        "$@"
    fi
}

# Keeps what is said in a file; on a terminal its last line of progress is shown.
show_progress() {
    local line
    while IFS= read -r line; do
        echo "$line" >>"$1"
        [[ ! -t 1 || $line != \[*/*\]* ]] || printf '\r\033[K%.79s' "$line"
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

mapfile -t server < <(server_package)
if [ ${#server[@]} -gt 0 ] && ! can_be_root; then
    say "no Redis or Valkey server here, and no root to install one: limiters will need a --redis URL"
    server=()
fi
install_packages "${build_packages[@]}" "${server[@]}"

say "building"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
as_builder env CMAKE_BUILD_PARALLEL_LEVEL="$(nproc)" cmake --workflow --preset release 2>&1 | show_progress "$log" || {
    grep -E -m 15 'error|Error|FAILED' "$log" >&2 || tail -n 15 "$log" >&2
    die "the build failed"
}

if [ -n "$prefix" ]; then
    as_builder cmake --install build/release --prefix "$prefix" >"$log" || die "could not install to $prefix"
else
    prefix=/usr/local
    as_root cmake --install build/release --prefix "$prefix" >"$log" || die "could not install to $prefix"
    as_root chown --reference=. build/release/install_manifest.txt # what uninstall reads is the user's, as the checkout
fi

say "installed $("$prefix/bin/limiters" --version) in $prefix/bin"
case ":$PATH:" in
*:"$prefix/bin":*) ;;
*) say "$prefix/bin is not in PATH" ;;
esac
