"""What one wrapped command costs, from spawn to wait, beside what else wraps commands."""

import os
import shutil
import subprocess
import tempfile

import peers
from figures import Table
from support.certificates import Authority, TlsServer

SEM = ["sem", "run", "--name", "b", "--capacity", "5", "--"]
BUCKET = ["bucket", "run", "--name", "b", "--rate", "1000000/1s", "--"]


def interleaved(bench, commands, rounds, home="/"):
    """(median, tenth percentile) of each command, in µs."""
    words = [word for command in commands for word in [",", *map(str, command)]][1:]
    run = subprocess.run([bench.program("interleave"), str(rounds), *words], stdout=subprocess.PIPE, text=True, check=True,
                         env=os.environ | {"HOME": str(home)})
    return [tuple(map(float, line.split())) for line in run.stdout.splitlines()]


def rows_of(bench, server, authority, etcd_url):
    """(name, command, aim for its ratio to the first)"""
    true, limiters = shutil.which("true", path="/bin:/usr/bin"), bench.limiters
    over_unix, over_tcp = ["--redis", server.unix_url], ["--redis", server.url]
    tls = ["--redis", server.tls_url, "--tls-ca", authority.certificate]
    return [
        ("flock", [shutil.which("flock"), server.folder / "lock", true], ""),
        ("true alone", [true], ""),
        ("limiters --version", [limiters, "--version"], ""),
        ("sem run, Unix socket", [limiters, *over_unix, *SEM, true], "0.90"),
        ("sem run, TCP", [limiters, *over_tcp, *SEM, true], "0.95"),
        ("bucket run, Unix socket", [limiters, *over_unix, *BUCKET, true], "0.70"),
        ("bucket run, TCP", [limiters, *over_tcp, *BUCKET, true], "0.70"),
        ("bucket run, TLS", [limiters, *tls, *BUCKET, true], "2.3"),
        *((name, command, "") for name, command in peers.commands(true, server, etcd_url)),
    ]


def around_true(bench, server, authority, home):
    table = Table(f"around /bin/true, {bench.rounds} rounds (median)")
    with peers.etcd(home) as etcd_url:
        rows = rows_of(bench, server, authority, etcd_url)
        times = interleaved(bench, [command for _, command, _ in rows], bench.rounds, home)
    flock = None
    for (name, _, aim), (median, low) in zip(rows, times):
        figure = table.add(name, median, "µs", flock, aim=aim, low=low)
        flock = flock or figure
    version, true = (next(f for f in table.figures if f.name == name) for name in ("limiters --version", "true alone"))
    return table, [("--version over true alone", version.value / true.value, "0.5")]


def without_cpuid(bench, server, home):
    """Beside a flock and a true that run no CPUID, where a C compiler with musl could make them."""
    table = Table(f"around a true without CPUID, {bench.rounds} rounds (median)")
    flock, true = bench.program("bare_flock"), bench.program("bare_true")
    if not os.path.exists(flock):
        return table
    over_unix = [bench.limiters, "--redis", server.unix_url]
    rows = [("flock without CPUID", [flock, server.folder / "bare", true], ""), ("true without CPUID", [true], ""),
            ("sem run, Unix socket", [*over_unix, *SEM, true], "1.75"), ("bucket run, Unix socket", [*over_unix, *BUCKET, true], "")]
    base = None
    for (name, _, aim), (median, low) in zip(rows, interleaved(bench, [row[1] for row in rows], bench.rounds, home)):
        figure = table.add(name, median, "µs", base, aim=aim, low=low)
        base = base or figure
    return table


def measure(bench):
    with (Authority() as authority, TlsServer(authority, authority.issue("server"), real_clock=True) as server,
          tempfile.TemporaryDirectory() as home):
        table, more = around_true(bench, server, authority, home)
        yield table
        ratios = Table("other ratios")
        for name, value, aim in more:
            ratios.add(name, value, "", aim=aim)
        yield ratios
        yield without_cpuid(bench, server, home)
