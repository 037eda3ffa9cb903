#!/bin/bash
# Makes what is downloaded, in dist/: a Debian package, an archive with a static program, and their checksums. The same
# tree gives the same bytes wherever it stands.
#   packaging/make.sh STATIC_BUILD DYNAMIC_BUILD      (run by `cmake --workflow --preset package`)
set -euo pipefail
cd "$(dirname "$0")/.."
static=$1 dynamic=$2 dist=$PWD/dist
version=$("$static/limiters" --version)
version=${version#* }
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH

rm -rf "$dist"
mkdir -p "$dist"

name=limiters-$version-linux-$(uname -m)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cmake --install "$static" --prefix "$stage/$name" >/dev/null
cp packaging/install LICENSE CHANGELOG.md README.md "$stage/$name"
tar -C "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -c "$name" |
    gzip -9n >"$dist/$name.tar.gz"

packaging/deb.sh "$version" "$dynamic" "$dist"
packaging/spdx.sh "$version" >"$dist/limiters-$version.spdx"
(cd "$dist" && sha256sum -- *.deb *.tar.gz *.spdx >SHA256SUMS)
ls -l "$dist"
