#!/usr/bin/env python3
"""table.py INTERLEAVE LIMITERS ROUNDS: measure and print; called by run.sh."""

import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.certificates import Authority, TlsServer  # noqa: E402 (after the path above)


def main():
    interleave, limiters, rounds = sys.argv[1:]
    true = shutil.which("true", path="/bin:/usr/bin")
    with Authority() as authority, TlsServer(authority, authority.issue("server"), real_clock=True) as server:
        sem = ["sem", "run", "--name", "b", "--capacity", "5", "--", true]
        bucket = ["bucket", "run", "--name", "b", "--rate", "1000000/1s", "--", true]
        tls = ["--redis", server.tls_url, "--tls-ca", str(authority.certificate)]
        rows = [  # name, command, the aim for its ratio to flock
            ("flock", [shutil.which("flock"), str(server.folder / "lock"), true], None),
            ("true alone", [true], None),
            ("sem run, Unix socket", [limiters, "--redis", server.unix_url, *sem], 1.15),
            ("sem run, TCP", [limiters, "--redis", server.url, *sem], 1.20),
            ("bucket run, Unix socket", [limiters, "--redis", server.unix_url, *bucket], 0.95),
            ("bucket run, TCP", [limiters, "--redis", server.url, *bucket], 0.95),
            ("bucket run, TLS", [limiters, *tls, *bucket], None),
        ]
        words = [word for _, command, _ in rows for word in [",", *command]][1:]
        run = subprocess.run([interleave, rounds, *words], stdout=subprocess.PIPE, text=True, check=True)
    medians = [float(line) for line in run.stdout.split()]
    print(f"{'around /bin/true, ' + rounds + ' rounds':<28} {'median':>9} {'to flock':>9} {'aim':>6}")
    for (name, _, aim), median in zip(rows, medians):
        print(f"{name:<28} {median:>6.0f} µs {median / medians[0]:>9.2f} {aim or '':>6}")


if __name__ == "__main__":
    main()
