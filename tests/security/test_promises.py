"""What limiters(7) promises under Security, as far as no other test says it: those are named there by their subject."""

import os
import pathlib
import shutil
import subprocess
import unittest

from cli.case import PATIENCE, is_root
from doctor.case import allow, as_job, rule
from lease.case import LeaseTest
from support.fake_server import FakeServer
from support.tool import BINARY, environment, limiters
from support.wait import eventually

PASSWORD = "hunter2"
NOBODY = 65534
STEERS = "\x1b]0;gone\x07\x1b[2J\r\x9b1m"  # a title, an empty screen, the start of the line, and a control character of one byte


class Passwords(LeaseTest):
    config = {"requirepass": PASSWORD}

    def setUp(self):
        super().setUp()
        self.good = self.server.url.replace("//", f"//:{PASSWORD}@")

    def assertHidden(self, pid):
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_text()
        self.assertIn("@127.0.0.1", words)
        self.assertNotIn(PASSWORD, words)

    def test_one_on_the_command_line_is_not_shown_by_ps_while_limiters_runs(self):
        holder = self.holder(redis=self.good)
        waiter = self.start("sem", "run", "--name", self.name, "-j", "1", f"--redis={self.good}", "--", "true", redis=self.good)
        eventually(lambda: len(self.waiters()) == 1, PATIENCE, "the waiter")
        for running in (holder.running, waiter):
            self.assertHidden(running.pid)

    def test_nor_by_a_keeper(self):
        *_, keeper = self.kept(redis=self.good)
        self.assertHidden(keeper)

    def test_the_words_of_command_are_its_own(self):
        for redis in (self.good, None):
            words = [f"redis://tom:{PASSWORD}@host", "--redis", f"redis://:{PASSWORD}@h"]
            result = self.sem(redis=redis or self.good, command=["printf", "%s\n", *words])
            self.assertSilent(result, out="".join(f"{word}\n" for word in words))

    def test_no_core_file_is_made_of_a_process_that_has_one_and_nobody_attaches_to_it(self):
        # The kernel gives the files in /proc of such a process to root.
        binary = self.folder / "limiters"
        shutil.copy(BINARY, binary)
        self.folder.chmod(0o755)
        user = NOBODY if is_root() else os.geteuid()
        as_user = ["setpriv", f"--reuid={user}", "--clear-groups"] if is_root() else []
        words = [binary, "--redis", self.good, "sem", "run", "--name", self.name, "-j", "1", "--", "sleep", "1000"]
        with subprocess.Popen([*as_user, *words], env=environment(), start_new_session=True) as running:
            try:
                eventually(lambda: len(self.holders()) == 1, PATIENCE, "a slot")
                children = pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children")
                eventually(children.read_text, PATIENCE, "a child")
                [command] = children.read_text().split()
                eventually(lambda: pathlib.Path(f"/proc/{command}/comm").read_text() == "sleep\n", PATIENCE, "CMD")
                self.assertEqual([os.stat(f"/proc/{pid}/environ").st_uid for pid in (running.pid, command)], [0, user])
            finally:
                running.terminate()


class Texts(LeaseTest):
    def assertHarmless(self, text):
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

    def test_what_a_hostile_server_says_steers_no_terminal(self):
        with FakeServer(answer=f"-ERR {STEERS}\r\n".encode("latin-1"), closes=True) as hostile:
            for result in self.both("-v", redis=hostile.url):
                self.assertNotEqual(result.code, 0)
                self.assertHarmless(result.err)

    def test_nor_does_a_record_that_others_have_written(self):
        holder = self.holder()
        [id] = self.holders()
        words = self.record(id)
        words[-2:] = [STEERS + "@host", STEERS]
        self.server.call("HSET", self.key, id, " ".join(words).encode("utf-8"))
        for shown in (self.sem("-n").err, limiters("status", "--all", redis=self.redis).out, limiters("status", self.name, redis=self.redis).out):
            self.assertTrue(shown)
            self.assertHarmless(shown)
        holder.finish()


class OneKeyPrefix(LeaseTest):
    """A user of the server who may use the keys of one prefix."""

    def setUp(self):
        super().setUp()
        self.holder("--key-prefix", "theirs")
        self.bucket("--key-prefix", "theirs")
        allow([self.server], rule("--key-prefix", "mine"))
        self.mine = as_job(self.server.url)

    def theirs(self):
        return {key: self.server.call("DUMP", key) for key in self.server.call("KEYS", f"theirs:*{self.name}*")}

    def test_has_limiters_of_its_own(self):
        for result in self.both("--key-prefix", "mine", redis=self.mine):
            self.assertSilent(result)

    def test_takes_frees_empties_and_stops_nothing_of_others(self):
        before = self.theirs()
        self.assertEqual(len(before), 3)
        name = ("--key-prefix", "theirs")
        for words in (["sem", "release", "--name", self.name, "--holder", "0" * 8], ["reset", "sem", self.name, "--yes"],
                      ["reset", "bucket", self.name, "--yes"], ["pause", "sem", self.name], ["limit", "sem", self.name, "-j", "1"],
                      ["status", self.name]):
            with self.subTest(words=words):
                self.assertEqual(limiters(*words, *name, redis=self.mine).code, 77)
        for result in self.both(*name, redis=self.mine):
            self.assertRefused(result, 77)
        self.assertEqual(self.theirs(), before)


if __name__ == "__main__":
    unittest.main()
