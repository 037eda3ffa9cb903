#!/bin/bash
# Runs the tests:
#   tests/run.sh          all but the long ones, in a few minutes
#   tests/run.sh NAME…    a part (a folder here: unit, lua, cli…) or a file
#   tests/run.sh proof [--minutes N] [--seed S] [--servers single|sentinel|cluster]
#                         real callers under random faults, and what they saw: a minute
#   tests/run.sh mutants [NAME…]   builds with known faults, and whether tests and proof notice: an hour
#   tests/run.sh fuzz [--minutes N] [--seed S] [TARGET…]
#                         what comes from outside, mutated by libFuzzer: half a minute for each target
#   tests/run.sh exhaustive [--large] [--faults]
#                         all states of a small semaphore, by spin: a few seconds; --large some minutes
#   tests/run.sh all      the long ones too: sanitizers, fresh machines, other servers (root, network, time)
# Installs what the tests need, builds, and ends with a line "N passed, N failed".
set -eu
self=tests/run.sh
cd "$(dirname "$0")/.."
. cmake/packages.sh

parts=()
for folder in tests/*/; do
    case $folder in
    */bench/ | */fuzz/ | */long/ | */support/) ;;
    *) parts+=("$(basename "$folder")") ;;
    esac
done
case "${1-}" in
"") ;;
all) parts+=(long) ;;
-h | --help)
    sed -n '2,13s/^# \{0,1\}//p' tests/run.sh
    exit
    ;;
proof | mutants) parts=(proof) ;;
fuzz | exhaustive) parts=() ;;
*) parts=("$@") ;;
esac

unit=() paths=()
for part in "${parts[@]}"; do
    if [ "$part" = unit ]; then
        unit=(--unit build/test/unit_tests)
    elif [ -f "$part" ]; then
        paths+=("$part")
    elif [ -d "tests/$part" ]; then
        paths+=("tests/$part")
    elif [ $# -gt 0 ] && [ "$1" != all ]; then
        die "no such part or file: $part"
    fi
done

build() {
    say "building"
    log=$(mktemp)
    CMAKE_BUILD_PARALLEL_LEVEL=$(nproc) cmake --workflow --preset test >"$log" 2>&1 || {
        grep -E -A 5 'error|Error|FAILED' "$log" | head -n 60
        rm -f "$log"
        say "the build failed"
        echo "0 passed, 1 failed"
        exit 1
    }
    rm -f "$log"
}

# Half a gigabyte, and a minute or two of building: the suite begins with what the fuzzers begin with, by g++ (tests/unit).
clang=()
case "${1-}" in
fuzz) clang=(clang libclang-rt-dev) ;;
all) clang=(clang libclang-rt-dev clang-tidy valgrind) ;;
esac
mapfile -t server < <(server_package)
install_packages "${build_packages[@]}" "${server[@]}" doctest-dev gcc git python3 procps util-linux \
    mandoc lua-check shellcheck bash bash-completion zsh fish python3-jsonschema \
    python3-prometheus-client python3-yaml spin strace sudo tmux "${clang[@]}"

[ "${1-}" != exhaustive ] || exec python3 tests/exhaustive/states.py "${@:2}"
[ "${1-}" != fuzz ] || exec python3 tests/fuzz/fuzz.py "${@:2}"
[ "${1-}" != mutants ] || exec tests/proof/mutants.py "${@:2}"
build
run=(tests/support/runner.py "${unit[@]}" "${paths[@]}")
[ "${1-}" != proof ] || run=(tests/proof/proof.py "${@:2}")
LIMITERS=$PWD/build/test/limiters exec python3 "${run[@]}"
