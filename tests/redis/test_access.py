"""The password: where it may come from, and which files are refused."""

import os
import pathlib
import tempfile
import time
import unittest

from support.once import SEM, OnceTest
from support.server import Server
from support.tool import BINARY, Running, environment, spawn

PASSWORD = "correct horse"


class Access(OnceTest):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server({"requirepass": PASSWORD}))
        with cls.server.client() as client:
            client.call("ACL", "SETUSER", "tom", "on", ">of tom", "~*", "&*", "+@all")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def pipe(self):
        path = self.folder / "pipe"
        os.mkfifo(path, 0o600)
        return path

    def test_no_password_is_77_and_says_so(self):
        result = self.run_once(redis=self.server.url)
        self.assertRefused(result, 77, f"127.0.0.1:{self.server.port}")
        self.assertRegex(result.err, "NOAUTH|password")

    def test_a_wrong_password_is_77_and_not_shown(self):
        url = f"redis://:mistaken@127.0.0.1:{self.server.port}"
        self.assertRefused(self.run_once(redis=url), 77, "WRONGPASS", never=["mistaken"])

    def test_a_password_file_holds_it_in_its_first_line(self):
        for text in (PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\na comment\n", f"{PASSWORD}\r\n", f"{PASSWORD}\r\na comment"):
            with self.subTest(text=text):
                path = self.file("password", text)
                self.assertRan(self.run_once("--password-file", path, redis=self.server.url))

    def test_a_password_file_goes_with_the_user_of_the_url(self):
        path = self.file("password", "of tom\n")
        self.assertRan(self.run_once("--password-file", path, redis=f"redis://tom@127.0.0.1:{self.server.port}"))

    def test_a_password_file_replaces_the_password_of_the_url(self):
        path = self.file("password", PASSWORD)
        self.assertRan(self.run_once("--password-file", path, redis=f"redis://:mistaken@127.0.0.1:{self.server.port}"))

    def test_the_variable_names_a_password_file(self):
        path = self.file("password", PASSWORD)
        self.assertRan(self.run_once(redis=self.server.url, env={"LIMITERS_PASSWORD_FILE": str(path)}))

    def test_a_url_in_the_environment_may_hold_it(self):
        url = f"redis://:correct%20horse@127.0.0.1:{self.server.port}"
        self.assertRan(self.run_once(env={"LIMITERS_REDIS": url}))

    def test_a_password_file_that_others_can_read_is_refused(self):
        for mode in (0o604, 0o644, 0o666):
            path = self.file("password", PASSWORD, mode)
            result = self.run_once("--password-file", path, redis=self.server.url)
            self.assertRefused(result, 78, "--password-file", str(path), "chmod", never=[PASSWORD])

    def test_a_password_file_of_the_variable_that_others_can_read_is_refused(self):
        path = self.file("password", PASSWORD, 0o644)
        result = self.run_once(redis=self.server.url, env={"LIMITERS_PASSWORD_FILE": str(path)})
        self.assertRefused(result, 78, "LIMITERS_PASSWORD_FILE", str(path), "chmod", never=[PASSWORD])

    def test_a_password_may_come_through_a_pipe(self):
        script = f'exec "$0" --redis {self.server.url} --password-file <(echo "{PASSWORD}") "$@"'
        for words in ([*SEM, "echo", "ran"], ["doctor"]):
            with self.subTest(words[0]), Running(["bash", "-c", script, BINARY, *words], env=environment()) as running:
                result = running.wait()
                self.assertEqual((result.code, result.err), (0, ""), result)

    def test_a_pipe_whose_first_line_does_not_end_is_refused(self):
        script = f'exec "$0" --redis {self.server.url} --password-file <(cat /dev/zero) "$@"'
        with Running(["bash", "-c", script, BINARY, *SEM, "echo", "ran"], env=environment()) as running:
            self.assertRefused(running.wait(), 64, "--password-file", "1 MiB")

    def test_a_pipe_whose_writer_takes_its_time_is_waited_for(self):
        pipe = self.pipe()
        with spawn("--password-file", pipe, *SEM, "echo", "ran", redis=self.server.url) as running:
            with open(pipe, "w") as writer:
                time.sleep(6)  # longer than a pipe without one is
                self.assertTrue(running.running())
                print(PASSWORD, file=writer, flush=True)
                self.assertRan(running.wait())

    def test_a_pipe_that_nothing_writes_to_is_refused_after_a_while(self):
        pipe = self.pipe()
        self.assertRefused(self.run_once("--password-file", pipe, redis=self.server.url), 64,
                           f"--password-file '{pipe}': a pipe that nothing writes to")
        result = self.run_once(redis=self.server.url, env={"LIMITERS_PASSWORD_FILE": str(pipe)})
        self.assertRefused(result, 78, f"LIMITERS_PASSWORD_FILE '{pipe}': a pipe that nothing writes to")

    def test_a_pipe_that_others_can_read_is_refused_before_it_is_opened(self):
        pipe = self.pipe()
        pipe.chmod(0o644)
        self.assertRefused(self.run_once("--password-file", pipe, redis=self.server.url), 78, str(pipe), "chmod")

    def test_a_password_file_of_a_group_is_allowed(self):
        self.assertRan(self.run_once("--password-file", self.file("password", PASSWORD, 0o640), redis=self.server.url))

    def test_a_password_file_that_is_missing_empty_or_none_is_named(self):
        (self.folder / "folder").mkdir()
        for path in (self.folder / "missing", self.folder / "folder", self.file("empty", ""), self.file("blank", "\n")):
            with self.subTest(path=path):
                result = self.run_once("--password-file", path, redis=self.server.url)
                self.assertIn(result.code, (64, 78))
                self.assertRefused(result, result.code, "--password-file", str(path))

    def test_a_password_in_a_configuration_file_works_if_only_the_owner_reads_it(self):
        path = self.file("config", f'redis = "redis://:correct%20horse@127.0.0.1:{self.server.port}"\n')
        self.assertRan(self.run_once("--config", path))

    def test_a_password_in_a_configuration_file_that_others_can_read_is_refused(self):
        path = self.file("config", f'# ours\nredis = "redis://:correct%20horse@127.0.0.1:{self.server.port}"\n', 0o644)
        result = self.run_once("--config", path)
        self.assertRefused(result, 78, f"{path}:2: redis", "chmod", never=["horse"])

    def test_a_configuration_file_without_a_password_may_be_read_by_all(self):
        secret = self.file("password", PASSWORD)
        text = f'redis = "redis://127.0.0.1:{self.server.port}"\npassword-file = "{secret}"\n'
        self.assertRan(self.run_once("--config", self.file("config", text, 0o644)))

    def test_cmd_does_not_see_a_password_in_what_limiters_adds(self):
        url = f"redis://:correct%20horse@127.0.0.1:{self.server.port}"
        result = self.run_once(redis=url, command=["env"])
        self.assertIn("LIMITERS_LEASE=", result.out)
        self.assertNotIn("horse", result.out)

    def test_no_key_in_redis_holds_the_password(self):
        url = f"redis://:correct%20horse@127.0.0.1:{self.server.port}"
        self.run_once(redis=url, command=["true"])
        with self.server.client() as client:
            for key in client.call("KEYS", "*"):
                dump = client.call("DUMP", key)
                self.assertNotIn("horse", key + dump)

    def test_a_user_without_a_password_is_that_user(self):
        with self.server.client() as client:
            client.call("ACL", "SETUSER", "app", "on", "nopass", "~*", "&*", "+@all")
        for login in ("app", "app:"):
            self.assertRan(self.run_once(redis=f"redis://{login}@127.0.0.1:{self.server.port}"))

    def test_a_user_without_a_password_who_has_one_is_77(self):
        for login in ("tom", "tom:"):
            self.assertRefused(self.run_once(redis=f"redis://{login}@127.0.0.1:{self.server.port}"), 77, "WRONGPASS")

    def test_a_user_without_a_password_is_never_another_one(self):
        with Server() as everybody_may:
            for login in ("nobody", "nobody:"):
                with self.subTest(login):
                    url = f"redis://{login}@127.0.0.1:{everybody_may.port}"
                    self.assertRefused(self.run_once(redis=url), 77, "WRONGPASS")

    def test_a_right_that_is_missing_is_77(self):
        with self.server.client() as client:
            client.call("ACL", "SETUSER", "reader", "on", ">x", "~*", "+@read", "+evalsha", "+eval", "+time")
        result = self.run_once(redis=f"redis://reader:x@127.0.0.1:{self.server.port}")
        self.assertRefused(result, 77, "refused")


if __name__ == "__main__":
    unittest.main()
