#!/bin/bash
# Builds limiters and installs it:  ./install.sh [--prefix DIR]
#
# Without --prefix it goes to /usr/local, as root or through sudo; with it to DIR, as the user who asks.
# Missing packages (Debian 12 and 13) are installed first. Nothing is started.
set -eu
self=install.sh
cd "$(dirname "$0")"
. cmake/packages.sh

prefix=
case "${1-}" in
"") ;;
--prefix) prefix=${2-} ;;
--prefix=*) prefix=${1#*=} ;;
-h | --help)
    sed -n '2,5s/^# \{0,1\}//p' install.sh
    exit
    ;;
*) die "unknown argument $1: the only one is --prefix DIR" ;;
esac
case "${1-}:$prefix" in
--prefix*:) die "--prefix needs a folder" ;;
esac

# Under `sudo ./install.sh` the build still belongs to the user, not to root, in whose checkout it happens.
as_builder() {
    if [ "$(id -u)" = 0 ] && [ "${SUDO_UID-0}" != 0 ] && [ "$(stat -c %u .)" = "$SUDO_UID" ]; then
        sudo -u "$SUDO_USER" -- "$@"
    else
        "$@"
    fi
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
as_builder env CMAKE_BUILD_PARALLEL_LEVEL="$(nproc)" cmake --workflow --preset release >"$log" 2>&1 || {
    grep -E -m 15 'error|Error|FAILED' "$log" >&2 || tail -n 15 "$log" >&2
    die "the build failed"
}

if [ -n "$prefix" ]; then
    as_builder cmake --install build/release --prefix "$prefix" >"$log" || die "could not install to $prefix"
else
    can_be_root || die "installing to /usr/local needs root or sudo; --prefix DIR installs elsewhere"
    prefix=/usr/local
    as_root cmake --install build/release --prefix "$prefix" >"$log" || die "could not install to $prefix"
    as_root rm -f build/release/install_manifest.txt # root's, in the user's checkout
fi

say "installed $("$prefix/bin/limiters" --version) in $prefix/bin"
case ":$PATH:" in
*:"$prefix/bin":*) ;;
*) say "$prefix/bin is not in PATH" ;;
esac
