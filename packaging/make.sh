#!/bin/bash
# Makes what is downloaded, in dist/: Debian packages, archives with a static program, and their checksums, for amd64
# and, where that is what the machine is, arm64 besides. The same tree gives the same bytes wherever it stands.
#   packaging/make.sh STATIC_BUILD DYNAMIC_BUILD      (run by `cmake --workflow --preset package`)
# LIMITERS_ARM64=no leaves out arm64.
set -euo pipefail
# shellcheck disable=SC2034 # used by packages.sh
self=packaging/make.sh
cd "$(dirname "$0")/.."
. cmake/packages.sh
. packaging/arm64.sh
static=$1 dynamic=$2 dist=$PWD/dist
version=$("$static/limiters" --version)
version=${version#* }
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH

# archive MACHINE BUILD
archive() {
    local name=limiters-$version-linux-$1
    cmake --install "$2" --prefix "$stage/$name" >/dev/null
    cp packaging/install LICENSE CHANGELOG.md README.md "$stage/$name"
    tar -C "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        -c "$name" | gzip -9n >"$dist/$name.tar.gz"
}

can_make_arm64() {
    [ "$(dpkg --print-architecture)" = amd64 ] && [ "${LIMITERS_ARM64-}" != no ] || return 1
    [ -z "$(missing_packages "${arm64_packages[@]}")" ] || can_be_root || {
        say "not for arm64: there is no root to install ${arm64_packages[*]}"
        return 1
    }
}

rm -rf "$dist"
mkdir -p "$dist"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

install_packages dpkg-dev
archive "$(uname -m)" "$static"
packaging/deb.sh "$version" "$(dpkg --print-architecture)" "$dynamic" "$dist"
if can_make_arm64; then
    install_arm64_packages
    cmake --workflow --preset release-arm64
    cmake --workflow --preset package-arm64
    archive aarch64 build/release-arm64
    packaging/deb.sh "$version" arm64 build/package-arm64 "$dist"
fi

packaging/spdx.sh "$version" >"$dist/limiters-$version.spdx"
(cd "$dist" && sha256sum -- *.deb *.tar.gz *.spdx >SHA256SUMS)
ls -l "$dist"
