"""The main paths under valgrind: nothing is read or written that is not there, or that was never set.

Leaks are what test_sanitizers.py looks for. Left out is --until-exit, whose keeper asks for a pidfd, which valgrind does
not know."""

import pathlib
import subprocess
import tempfile
import unittest

from cli.case import PATIENCE, CliTest
from support.certificates import Authority, TlsServer
from support.cluster import Cluster
from support.screen import ScreenOf
from support.sentinel import Watched
from support.tool import Running, environment
from support.tree import ROOT
from support.wait import eventually

TIMEOUT = 3600
BUILD = ROOT / "build" / "memcheck"
VALGRIND = 'LD_PRELOAD={shim} exec valgrind -q --leak-check=no --log-file={logs}/%p {program} "$@"\n'


def done(*command):
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        raise AssertionError(run.stdout + run.stderr)


class Memcheck(CliTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        done("cmake", "--preset", "package", "-B", BUILD, "-DCMAKE_BUILD_TYPE=RelWithDebInfo")
        done("cmake", "--build", BUILD, "--target", "limiters")
        done("cc", "-O2", "-fPIC", "-shared", ROOT / "tests/support/no_clone.c", "-o", BUILD / "no_clone.so")

    def setUp(self):
        super().setUp()
        self.logs = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.program = self.folder / "limiters"
        words = VALGRIND.format(shim=BUILD / "no_clone.so", logs=self.logs, program=BUILD / "limiters")
        self.program.write_text(f"#!/bin/sh\n{words}")
        self.program.chmod(0o755)
        self.addCleanup(self.assertNothingSaid)

    def assertNothingSaid(self):
        texts = [path.read_text(encoding="utf-8") for path in self.logs.iterdir()]
        self.assertGreater(len(texts), 0)
        self.assertEqual([text for text in texts if text], [])

    def start(self, *words, redis=None, stdin=None, env=None):
        settings = {"LIMITERS_REDIS": redis or self.redis, "LIMITERS_REDIS_TIMEOUT": "1m"}
        return self.enterContext(Running([self.program, *words], stdin=stdin, env=environment(settings | (env or {}))))

    def run_once(self, *words, code=0, **more):
        """What it wrote to stdout."""
        result = self.start(*words, **more).wait(PATIENCE)
        self.assertEqual(result.code, code, result)
        return result.out

    def test_a_command_under_a_semaphore(self):
        words = self.sem_words(command=["sh", "-c", "echo $LIMITERS_NAME; exit 7"])
        self.assertEqual(self.run_once(*words, code=7), f"{self.name}\n")

    def test_a_waiter_that_gets_the_slot_and_one_that_is_refused(self):
        holder = self.holder()
        self.run_once(*self.sem_words("--max-sleep", "0", "-E", "75"), code=75)
        waiter = self.waiter()
        holder.finish()
        self.assertEqual(waiter.finish().code, 0)

    def test_a_server_that_is_started_anew_meanwhile(self):
        holder = self.holder()
        self.server.kill()
        self.server.start()
        eventually(self.holders, PATIENCE, "the lease of the holder")
        self.assertEqual(holder.finish().code, 0)

    def test_a_lease_from_acquire_to_release(self):
        lease = self.run_once("sem", "acquire", "--name", self.name, "--capacity", "1").strip()
        self.run_once("sem", "renew", lease)
        self.run_once("sem", "release", lease)
        self.assertEqual(self.holders(), [])

    def test_a_bucket(self):
        self.assertEqual(self.run_once(*self.bucket_words(command=["echo", "ran"])), "ran\n")
        self.run_once("bucket", "acquire", "--name", f"{self.name}-2", "--rate", "9/1s")
        lines = "".join(f"{i}\n" for i in range(500))
        self.assertEqual(self.run_once("bucket", "pipe", "--name", f"{self.name}-3", "--rate", "10000/1s", stdin=lines), lines)

    def test_what_an_operator_does(self):
        holder = self.holder("--capacity", "2")
        self.run_once("limit", "sem", self.name, "--capacity", "1", "--reason", "a test")
        self.run_once("pause", "sem", self.name, "--for", "1h")
        waiter = self.waiter("--capacity", "2")
        for words in ([], ["--json"], ["--metrics"], [self.name]):
            self.assertIn(self.name, self.run_once("status", *words))
        self.run_once("resume", "sem", self.name)
        self.run_once("limit", "sem", self.name, "--clear")
        waiter.wait_for_start()
        self.run_once("reset", "sem", self.name, "--yes")
        for one in (holder, waiter):
            one.finish()

    def test_the_whole_screen(self):
        self.holder()
        screen = self.enterContext(ScreenOf())
        screen.run(self.program, "--redis", self.redis, "top")
        screen.wait_for(self.name, "q ends")
        screen.press("Enter")
        screen.wait_for("f frees")
        screen.press("q")
        screen.wait_until_gone("f frees")

    def test_words_and_files_that_are_read(self):
        config = self.folder / "config.toml"
        config.write_text(f'redis = "{self.redis}"\nkey-prefix = "memcheck"\n')
        self.assertIn("memcheck", self.run_once("--config", config, "doctor", env={"LIMITERS_REDIS": None}))
        config.write_text("redis = [`]\n")
        self.run_once("--config", config, "doctor", code=78)
        self.run_once("doctor", "--acl")
        self.run_once("sem", "run", "--help")
        self.run_once("sem", "ruin", code=64)
        self.run_once("status", redis="redis://:secret@[::1", code=78)

    def test_tls_sentinels_and_a_cluster(self):
        authority = self.enterContext(Authority())
        tls = self.enterContext(TlsServer(authority, authority.issue("server")))
        self.run_once("--tls-ca", authority.certificate, *self.bucket_words(), redis=tls.tls_url)
        self.run_once(*self.sem_words(), redis=self.enterContext(Watched()).url)
        cluster = self.enterContext(Cluster(masters=2))
        self.run_once(*self.sem_words(), redis=cluster.url)
        self.assertIn(self.name, self.run_once("status", redis=cluster.url))


if __name__ == "__main__":
    unittest.main()
