#!/bin/bash
# What a wrapped command costs:  tests/bench/run.sh [ROUNDS]
#
# Compares limiters with flock(1), the wrapper that people use today, and with GNU sem and etcdctl lock where they are
# installed, around /bin/true, from spawn to wait.
# Prints a table; judges nothing: the ratios of one machine under load are not those of another.
set -eu
self=tests/bench/run.sh
cd "$(dirname "$0")/../.."
. cmake/packages.sh
mapfile -t server < <(server_package)
install_packages "${build_packages[@]}" "${server[@]}" gcc python3 util-linux openssl

CMAKE_BUILD_PARALLEL_LEVEL=$(nproc) cmake --workflow --preset release >/dev/null || die "the build failed"
mkdir -p build/bench
# A copy, as installed: what the linker has written is slower to page in.
install build/release/limiters build/bench/limiters
cc -O2 -o build/bench/interleave tests/bench/interleave.c
exec python3 tests/bench/table.py build/bench/interleave "$PWD/build/bench/limiters" "${1:-400}"
