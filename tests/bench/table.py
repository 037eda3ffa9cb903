#!/usr/bin/env python3
"""table.py INTERLEAVE LIMITERS ROUNDS: measure and print; called by run.sh."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.certificates import Authority, TlsServer  # noqa: E402 (after the path above)
from support.server import free_port  # noqa: E402
from support.wait import eventually  # noqa: E402


@contextlib.contextmanager
def etcd(folder):
    """The address of an etcd of its own; None where there is none."""
    if not (shutil.which("etcd") and shutil.which("etcdctl")):
        yield None
        return
    url, peer = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    command = ["etcd", "--data-dir", f"{folder}/etcd", "--listen-client-urls", url, "--advertise-client-urls", url,
               "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: subprocess.run(["etcdctl", "--endpoints", url, "endpoint", "health"], capture_output=True,
                                          env=os.environ | {"ETCDCTL_API": "3"}).returncode == 0, 30, "etcd to answer")
        yield url
    finally:
        process.kill()
        process.wait()


def peers(true, etcd_url):
    """Other wrappers, as far as they are installed."""
    rows = []
    if shutil.which("sem"):
        rows.append(("GNU sem", [shutil.which("sem"), "--fg", "-j5", "--id", "b", true], None))
    if etcd_url:
        rows.append(("etcdctl lock", [shutil.which("etcdctl"), "--endpoints", etcd_url, "lock", "b", true], None))
    return rows


def main():
    interleave, limiters, rounds = sys.argv[1:]
    true = shutil.which("true", path="/bin:/usr/bin")
    with (Authority() as authority, TlsServer(authority, authority.issue("server"), real_clock=True) as server,
          tempfile.TemporaryDirectory() as home, etcd(home) as etcd_url):
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
            *peers(true, etcd_url),
        ]
        words = [word for _, command, _ in rows for word in [",", *command]][1:]
        run = subprocess.run([interleave, rounds, *words], stdout=subprocess.PIPE, text=True, check=True,
                             env=os.environ | {"HOME": home})
    medians = [float(line) for line in run.stdout.split()]
    print(f"{'around /bin/true, ' + rounds + ' rounds':<28} {'median':>9} {'to flock':>9} {'aim':>6}")
    for (name, _, aim), median in zip(rows, medians):
        print(f"{name:<28} {median:>6.0f} µs {median / medians[0]:>9.2f} {aim or '':>6}")


if __name__ == "__main__":
    main()
