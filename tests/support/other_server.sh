#!/bin/bash
# A server of another Debian release:  other_server.sh bookworm|trixie redis-tools|valkey-tools FOLDER
#
# Fetches the package and all it needs, from the mirror that this machine's apt uses, unpacks them in FOLDER, and
# writes FOLDER/server, which runs it with its own libraries. Nothing is installed. Needs Debian and the network;
# takes some seconds and 60 MB.
set -eu
suite=$1 package=$2 folder=$(mkdir -p "$3" && cd "$3" && pwd)

# shellcheck disable=SC2016 # apt-get's own placeholder
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/*$')

# An apt of its own, which thinks that nothing is installed: it fetches the C library too.
apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
touch "$apt/status"
get() {
    apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State="$apt" \
        -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o Acquire::Languages=none \
        -o APT::Sandbox::User=root "$@"
}
get update
get --yes --no-install-recommends --download-only install "$package" libc6 >/dev/null
for archive in "$apt"/cache/archives/*.deb; do
    dpkg-deb --extract "$archive" "$folder/root"
done
rm -rf "$apt"

# The server stands in the tools' package under the name of a checker: one binary, told apart by its name.
name=${package%-tools}-server
binary=$folder/root/usr/bin/${package%-tools}-check-rdb
loader=$(find "$folder/root" -type f -name 'ld-linux*.so.*' -print -quit)
[ -e "$binary" ] && [ -n "$loader" ]
libraries=$(find "$folder/root" -type f -name '*.so.*' -printf '%h\n' | sort -u | paste -sd :)
printf '#!/bin/sh\nexec %s --argv0 %s --library-path %s %s "$@"\n' "$loader" "$name" "$libraries" "$binary" >"$folder/server"
chmod +x "$folder/server"
