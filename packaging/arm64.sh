# shellcheck shell=bash
# What a build for arm64 takes on amd64: the compiler, the libraries of that architecture, and what runs its programs.
# Sourced after cmake/packages.sh.
arm64_packages=(g++-aarch64-linux-gnu libhiredis-dev:arm64 libfmt-dev:arm64 libssl-dev:arm64 zlib1g-dev:arm64
    libzstd-dev:arm64 libncurses-dev:arm64 qemu-user-static)

install_arm64_packages() {
    [ -n "$(missing_packages "${arm64_packages[@]}")" ] || return 0
    as_root dpkg --add-architecture arm64 && install_packages "${arm64_packages[@]}"
}
