#!/bin/bash
# What limiters costs, beside what else people use:  tests/bench/run.sh [--rounds N] [--crowd N] [--json | --plot FILE] [PART…]
#
# Prints tables: a wrapped command beside flock(1), timeout(1) and, where they are installed, redis-cli, GNU sem,
# etcdctl lock and the library for Python; what a run costs the server; a thousand callers of one limiter; lines through
# a pipe beside pv(1); round trips. It judges nothing: the ratios of one machine under load are not those of another.
# (chrt -f 1 tests/bench/run.sh measures on a busy machine what an idle one would show.)
set -eu
self=tests/bench/run.sh
cd "$(dirname "$0")/../.."
. cmake/packages.sh
mapfile -t server < <(server_package)
case " $* " in *" --plot"*) server+=(gnuplot-nox) ;; esac
install_packages "${build_packages[@]}" "${server[@]}" gcc musl-tools python3 pv util-linux openssl

programs=build/bench
mkdir -p $programs
if [ -z "${LIMITERS-}" ]; then # another build, to compare
    CMAKE_BUILD_PARALLEL_LEVEL=$(nproc) cmake --workflow --preset release >/dev/null || die "the build failed"
    LIMITERS=build/release/limiters
fi
# A copy, as installed: what the linker has written is slower to page in.
install "$LIMITERS" $programs/limiters
for name in interleave cpuid; do cc -O2 -o $programs/$name tests/bench/$name.c; done
# Programs of glibc run CPUID before main(), those of musl do not.
for name in bare_flock bare_true; do musl-gcc -O2 -static -o $programs/$name tests/bench/$name.c; done
exec python3 tests/bench/bench.py --programs $programs "$@"
