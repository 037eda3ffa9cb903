"""docs/where.md, row by row: in each place a limit holds, or the job gets one error with the way out."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support.server import Server
from support.tool import BINARY
from support.tree import ROOT, text

TIMEOUT = 900
JOB = "bucket run --name x --rate 1/1h -n -- /bin/echo ran"
OWN_FOLDERS = "mount -t tmpfs -o mode=755 none /run; mount -t tmpfs -o mode=1777 none /tmp"
NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups"
READ_ONLY = "mount -o remount,bind,ro /"
CHROOT = "chroot $ROOT"

# What is done in new namespaces before, and what the job is started by.
PLACES = {
    "root": (OWN_FOLDERS, ""),
    "a user": (OWN_FOLDERS, NOBODY),
    "sudo -u USER": (OWN_FOLDERS, "sudo -n -u nobody"),
    "su - USER": (OWN_FOLDERS, "su --login --shell /bin/sh nobody --command"),
    "an empty environment, as of cron": (OWN_FOLDERS, f"{NOBODY} env -i"),
    "the first process of a container, without an init": (OWN_FOLDERS, "first"),
    "in a container with an init, as of docker run --init": (OWN_FOLDERS, "init"),
    "no network": (OWN_FOLDERS, "--net"),
    "no network, the Redis on a Unix socket": (OWN_FOLDERS, "--net"),
    "a read-only root, with /run and /tmp": (f"{READ_ONLY}; {OWN_FOLDERS}", ""),
    "a read-only root and nothing else, root": (f"{READ_ONLY}; mount -t tmpfs -o ro none /run", ""),
    "a user, and nobody may write to /tmp": ("mount -t tmpfs -o mode=755 none /tmp", NOBODY),
    "a chroot without a server program": ("", CHROOT),
}
WAY_OUT = re.compile(r"--redis|install|redis-server")


def rows():
    table = re.findall(r"^\| (.+?) \| (holds|\d+) \| (holds|\d+) \| test_places_of_jobs \|$", text("docs/where.md"), re.MULTILINE)
    return {where: (default, named) for where, default, named in table}


class Places(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["bash", "-ec", "self=test_places_of_jobs; . cmake/packages.sh; install_packages tini busybox-static"],
                       cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
        cls.server = cls.enterClassContext(Server({"bind": "127.0.0.1"}))
        # Where every user reaches it, outside of /tmp, which is another in most of these places.
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(dir="/var/tmp")))
        cls.folder.chmod(0o755)
        shutil.copy(BINARY, cls.folder / "limiters")
        (cls.folder / "server").mkdir()
        cls.root = cls.folder / "root"
        (cls.root / "bin").mkdir(parents=True)
        (cls.root / "run").mkdir()
        shutil.copy("/bin/busybox", cls.root / "bin")
        shutil.copy(BINARY, cls.root / "bin" / "limiters")
        for name in ("sh", "echo"):
            (cls.root / "bin" / name).symlink_to("busybox")

    def test_every_row_is_tried(self):
        self.assertEqual(set(rows()), set(PLACES))

    def test_the_private_server(self):
        for where, (expected, _) in rows().items():
            with self.subTest(where):
                self.assertAsTold(expected, *self.in_place(where, ""))

    def test_a_redis_that_is_named(self):
        for where, (_, expected) in rows().items():
            with self.subTest(where):
                self.server.call("FLUSHALL")
                url = f"unix://{self.folder}/server/socket" if "Unix socket" in where else self.server.url
                self.assertAsTold(expected, *self.in_place(where, f"--redis {url}"))

    def in_place(self, where, redis):
        """(what is printed, what is said on stderr) of two jobs, one after the other: ran, 0, 75 if the limit holds."""
        before, by = PLACES[where]
        net = ["--net"] if by == "--net" else []
        program = "/bin/limiters" if by == CHROOT else f"{self.folder}/limiters"
        job = f"{program} {redis} {JOB}; echo $?"
        if by == "first":  # what runs in a container is what its first process has started
            jobs = (f"exec unshare --pid --fork --mount-proc {program} {redis} sem run --name outer -j 1 -- /bin/sh -c '{job}; {job}'")
        elif by == "init":
            jobs = f"exec unshare --pid --fork --mount-proc tini -- /bin/sh -c '{job}; {job}'"
        elif by in ("", "--net"):
            jobs = f"{job}; {job}"
        else:
            jobs = f"{by.replace('$ROOT', str(self.root))} {'' if '--command' in by else '/bin/sh -c '}'{job}; {job}'"
        done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *net, "sh", "-ec",
                               f"mount --bind {self.server.folder} {self.folder}/server; {before}\nset +e\n{jobs}"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/", timeout=120)
        return done.stdout, done.stderr

    def assertAsTold(self, expected, out, err):
        if expected == "holds":
            self.assertEqual(out, "ran\n0\n75\n", err)
        else:
            self.assertEqual(out, f"{expected}\n{expected}\n", err)
            self.assertRegex(err, WAY_OUT)


if __name__ == "__main__":
    unittest.main()
