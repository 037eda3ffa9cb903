#!/bin/bash
# Makes the Debian package from a build that links dynamically, so that an upgrade of OpenSSL reaches limiters too.
#   packaging/deb.sh VERSION ARCHITECTURE BUILD DIST
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1 arch=$2 build=$3 dist=$4
maintainer=${LIMITERS_MAINTAINER:-limiters maintainers <maintainers@limiters.invalid>}

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
root=$tree/limiters
doc=$root/usr/share/doc/limiters
cmake --install "$build" --prefix "$root/usr" --strip >/dev/null

rm "$doc/LICENSE" # copyright says it
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions" # where Debian's zsh looks
mv "$doc/CHANGELOG.md" "$doc/changelog"
install -m 644 packaging/copyright "$doc/copyright"
{
    printf 'limiters (%s-1) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- ' "$version"
    printf '%s  %s\n' "$maintainer" "$(date -uR -d "@$SOURCE_DATE_EPOCH")"
} >"$doc/changelog.Debian"
gzip -9n "$doc/changelog" "$doc/changelog.Debian" "$root"/usr/share/man/man?/*
install -D -m 644 packaging/lintian-overrides "$root/usr/share/lintian/overrides/limiters"

# dpkg-shlibdeps wants to see a source package around it.
mkdir "$tree/debian" "$root/DEBIAN"
printf 'Source: limiters\n\nPackage: limiters\nArchitecture: any\n' >"$tree/debian/control"
depends=$(cd "$tree" && DEB_HOST_ARCH=$arch dpkg-shlibdeps -O limiters/usr/bin/limiters | sed -n 's/^shlibs:Depends=//p')
{
    cat <<CONTROL
Package: limiters
Version: $version-1
Architecture: $arch
Maintainer: $maintainer
Section: utils
Priority: optional
Depends: $depends
Recommends: redis-server | valkey-server | redis-tools | valkey-tools
Installed-Size: $(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f 1)
CONTROL
    printf 'Description: '
    cat packaging/description
} >"$root/DEBIAN/control"
(cd "$root" && find usr -type f -printf '%P\n' | LC_ALL=C sort | sed 's/^/usr\//' | xargs md5sum) >"$root/DEBIAN/md5sums"
install -m 755 packaging/postinst packaging/prerm "$root/DEBIAN"
chmod -R u=rwX,go=rX "$root"

find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$dist/limiters_${version}_$arch.deb" >/dev/null
