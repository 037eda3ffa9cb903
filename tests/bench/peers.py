"""Other wrappers and clients, as far as they are installed; the rest is left out."""

import contextlib
import os
import shutil
import subprocess
import sys

from support.server import free_port
from support.wait import eventually


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


# The library's semaphore around the same command, from a shell: what a user of it would write.
WITH_LIBRARY = """
import subprocess, sys
from redis import Redis
from limiters import SyncSemaphore
with SyncSemaphore(name="b", capacity=5, max_sleep=30, expiry=30, connection=Redis(unix_socket_path=sys.argv[1])):
    subprocess.run(sys.argv[2:], check=True)
"""


def has_library():
    return subprocess.run([sys.executable, "-c", "import limiters, redis"], capture_output=True).returncode == 0


def commands(true, server, etcd_url):
    """(name, command) of each that is there."""
    rows = [("timeout", [shutil.which("timeout"), "60", true])]
    if shutil.which("redis-cli"):
        rows.append(("redis-cli ping", [shutil.which("redis-cli"), "-s", str(server.socket_path), "ping"]))
    if shutil.which("sem"):
        rows.append(("GNU sem", [shutil.which("sem"), "--fg", "-j5", "--id", "b", true]))
    if etcd_url:
        rows.append(("etcdctl lock", [shutil.which("etcdctl"), "--endpoints", etcd_url, "lock", "b", true]))
    if has_library():
        rows.append(("the library for Python", [sys.executable, "-c", WITH_LIBRARY, str(server.socket_path), true]))
    return rows
