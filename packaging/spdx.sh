#!/bin/bash
# Prints an SPDX 2.3 document: what the static program is made of, with the versions of this machine's packages.
#   packaging/spdx.sh VERSION
set -euo pipefail
version=$1
created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

cat <<HEAD
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: limiters-$version
DocumentNamespace: https://spdx.org/spdxdocs/limiters-$version-$SOURCE_DATE_EPOCH
Creator: Tool: packaging/spdx.sh
Created: $created

PackageName: limiters
SPDXID: SPDXRef-limiters
PackageVersion: $version
PackageDownloadLocation: NOASSERTION
FilesAnalyzed: false
PackageLicenseConcluded: MIT
PackageLicenseDeclared: MIT
PackageCopyrightText: The limiters authors
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-limiters
HEAD

# Prints a line for each part: its package, and its licence.
parts() {
    local library
    cat <<PARTS
libc6-dev LGPL-2.1-or-later
libstdc++-$(g++ -dumpversion)-dev GPL-3.0-or-later WITH GCC-exception-3.1
libhiredis-dev BSD-3-Clause
libssl-dev Apache-2.0
libfmt-dev MIT
libncurses-dev X11-distribute-modifications-variant
libcli11-dev BSD-3-Clause
libtomlplusplus-dev MIT
nlohmann-json3-dev MIT
PARTS
    # What OpenSSL wants beside it differs from one Debian to the next.
    for library in $(pkg-config --static --libs-only-l libssl); do
        case $library in
        -lz) echo zlib1g-dev Zlib ;;
        -lzstd) echo "libzstd-dev BSD-3-Clause OR GPL-2.0-only" ;;
        esac
    done
}

while read -r package licence; do
    cat <<PART

PackageName: $package
SPDXID: SPDXRef-$package
PackageVersion: $(dpkg-query --show --showformat '${Version}\n' "$package" | sed -n 1p)
PackageDownloadLocation: NOASSERTION
FilesAnalyzed: false
PackageLicenseConcluded: $licence
PackageLicenseDeclared: $licence
PackageCopyrightText: NOASSERTION
Relationship: SPDXRef-limiters STATIC_LINK SPDXRef-$package
PART
done < <(parts)
