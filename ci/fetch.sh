#!/bin/sh
# Puts the program of a release into a folder, if its checksum is right:
#   ci/fetch.sh RELEASES VERSION FOLDER [SHA256]
# RELEASES is the address below which v0.2.0/limiters-0.2.0-linux-x86_64.tar.gz and v0.2.0/SHA256SUMS are. SHA256, that
# of the archive, is worth more than SHA256SUMS: who can change the one file there can change the other too.
set -eu
releases=$1 version=${2#v} folder=$3 sha256=${4-}

die() {
    echo "limiters: $*" >&2
    exit 1
}

fetch() { # FILE
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --retry 3 --output "$work/$1" "$releases/v$version/$1"
    else
        wget -q -O "$work/$1" "$releases/v$version/$1"
    fi || die "cannot fetch $releases/v$version/$1"
}

case $(uname -s)-$(uname -m) in
Linux-x86_64 | Linux-amd64) arch=x86_64 ;;
Linux-aarch64 | Linux-arm64) arch=aarch64 ;;
*) die "there is no release for $(uname -s) on $(uname -m)" ;;
esac
archive=limiters-$version-linux-$arch.tar.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch "$archive"
if [ -z "$sha256" ]; then
    fetch SHA256SUMS
    sha256=$(sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p" "$work/SHA256SUMS")
fi
echo "$sha256  $work/$archive" | sha256sum -c - >/dev/null 2>&1 || die "the checksum of $archive is not the one expected"
tar -xzf "$work/$archive" -C "$work"
mkdir -p "$folder"
# Another job of this host may be running the file that is there.
cp "$work/limiters-$version-linux-$arch/bin/limiters" "$folder/limiters.$$"
chmod 755 "$folder/limiters.$$"
mv "$folder/limiters.$$" "$folder/limiters"
"$folder/limiters" --version
