# shellcheck shell=bash
# What install.sh and tests/run.sh share: Debian packages, installed only if missing, as root or through sudo.
# The sourcing script sets `self`, the name its messages begin with.

# shellcheck disable=SC2034 # used by the sourcing script
build_packages=(g++ cmake ninja-build pkg-config libcli11-dev libhiredis-dev libfmt-dev libssl-dev zlib1g-dev libzstd-dev
    libncurses-dev libtomlplusplus-dev nlohmann-json3-dev)

# shellcheck disable=SC2154 # self: see above
say() { echo "$self: $*"; }

die() {
    echo "$self: $*" >&2
    exit 1
}

can_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }

# Asks for a password, if one is needed, before anything is done that takes time.
ask_for_root() { [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -v; }; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# missing_packages PACKAGE…: prints those that are not installed, for this machine unless PACKAGE:ARCH says another; a
# cross-build has some for both
missing_packages() {
    local package own arch
    own=$(dpkg --print-architecture 2>/dev/null || true)
    for package; do
        case $package in *:*) arch=${package##*:} ;; *) arch=$own ;; esac
        dpkg-query --show --showformat '${db:Status-Status} ${Architecture}\n' "$package" 2>/dev/null |
            grep -qxE "installed (all|$arch)" || echo "$package"
    done
}

# install_packages PACKAGE…: all must be there afterwards, or the script ends
install_packages() {
    local missing log
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are needed, and there is no apt-get: ${missing[*]}"
    ask_for_root || die "these packages are missing: ${missing[*]}. Run $self as root, or ask for them"
    say "installing packages: ${missing[*]}"
    log=$(mktemp)
    # A machine that was booted just now updates itself, and holds the lock of dpkg while it does.
    # shellcheck disable=SC2024 # the log is ours, not root's
    { as_root apt-get -qq update && as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 install "${missing[@]}"; } </dev/null >"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        rm -f "$log"
        die "apt-get failed (its last lines stand above)"
    }
    rm -f "$log"
}

# server_package: prints the package of a server for the limits of one host, unless there is one. The -tools
# packages hold the whole server, as redis-check-rdb (one binary, which goes by its name), and start no daemon.
server_package() {
    local name
    for name in redis-server valkey-server redis-check-rdb valkey-check-rdb; do
        PATH="$PATH:/usr/local/bin:/usr/bin" command -v "$name" >/dev/null && return
    done
    echo redis-tools
}
