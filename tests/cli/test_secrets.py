"""A password is shown to nobody but the server."""

import pathlib
import unittest

from cli.case import PATIENCE, CliTest
from support.fake_server import FakeServer
from support.server import Server, free_port
from support.tool import limiters

PASSWORD = "hunter2"
WRONG = "pa55word"


class Secrets(CliTest):
    config = {"requirepass": PASSWORD}

    def setUp(self):
        super().setUp()
        self.server.call("ACL", "SETUSER", "tom", "on", f">{PASSWORD}", "~*", "+@all")
        self.server.call("ACL", "SETUSER", "jim", "on", f">{PASSWORD}", "~other*", "+@all", "-@scripting")
        self.good = self.server.url.replace("//", f"//tom:{PASSWORD}@")

    def assertSecret(self, text):
        self.assertNotIn(PASSWORD, text)
        self.assertNotIn(WRONG, text)

    def test_user_and_password_let_in(self):
        for user in ("tom", "default", ""):
            for result in self.both("-j9", redis=self.server.url.replace("//", f"//{user}:{PASSWORD}@")):
                self.assertSilent(result)

    def test_a_percent_encoded_password_lets_in(self):
        encoded = "".join(f"%{ord(c):02x}" for c in PASSWORD)
        self.assertSilent(self.sem(redis=self.server.url.replace("//", f"//:{encoded}@")))

    def test_a_password_from_a_file_lets_in(self):
        file = self.folder / "password"
        file.write_text(f"{PASSWORD}\nanother line\n")
        file.chmod(0o600)
        for result in self.both("--password-file", str(file), redis=self.server.url):
            self.assertSilent(result)
        file.chmod(0o644)
        for result in self.both("--password-file", str(file), redis=self.server.url):
            self.assertRefused(result, 78, str(file))

    def test_a_wrong_password_or_user_is_refused_without_being_shown(self):
        for login in (f"tom:{WRONG}", f":{WRONG}", f"nobody:{PASSWORD}", f"tom:{PASSWORD}x", f"{WRONG}:{WRONG}"):
            for result in self.both(redis=self.server.url.replace("//", f"//{login}@")):
                self.assertRefused(result, 77, self.server.url, "password")
                self.assertSecret(result.err)

    def test_a_missing_right_is_refused_and_named(self):
        for result in self.both(redis=self.server.url.replace("//", f"//jim:{PASSWORD}@")):
            self.assertRefused(result, 77, f"'{self.name}'", self.server.url, "evalsha")
            self.assertSecret(result.err)

    def test_no_message_of_any_kind_holds_the_password(self):
        self.holder(redis=self.good)
        self.bucket(redis=self.good)
        dead = f"redis://tom:{PASSWORD}@127.0.0.1:{free_port()}"
        short = ["--redis-timeout", "50ms"]
        tries = [(self.good, ["-v"]), (self.good, ["-v", "-j", "2"]), (dead, short),
                 (dead, [*short, "--on-unavailable", "run"]), (f"redis://tom:{PASSWORD}@no-such-host.invalid", short),
                 (self.good + "/99", []), (self.good.replace("redis:", "rediss:"), short),
                 *((url, []) for url in (f"redis://tom:{PASSWORD}@h:x", f"redis://tom:{PASSWORD}/x@h",
                                         f"redis://tom:{PASSWORD}%zz@h", f"http://tom:{PASSWORD}@h", f"tom:{PASSWORD}@h"))]
        for redis, options in tries:
            for result in self.both(*options, "-w", "1ms", redis=redis):
                self.assertIn("limiters: ", result.err)
                self.assertSecret(result.err)

    def test_nor_does_one_about_a_server_that_lacks_the_command_and_quotes_its_words(self):
        without_auth = self.folder / "redis.conf"
        without_auth.write_text('rename-command AUTH ""\n')
        with Server({"include": without_auth}) as server:
            for login in (f"tom:{PASSWORD}", f":{PASSWORD}"):
                url = server.url.replace("//", f"//{login}@")
                for result in (*self.both(redis=url), limiters("doctor", redis=url)):
                    self.assertEqual(result.code, 70)
                    self.assertIn("ERR unknown command 'AUTH'; check the URL", result.out + result.err)
                    self.assertSecret(result.out + result.err)

    def test_nor_does_one_about_something_that_gives_back_what_it_hears(self):
        for answer, code, told in ((f"-WRONGPASS AUTH tom {PASSWORD}", 77, "refused the login: WRONGPASS ...; "),
                                   (f"-ERR bad request: AUTH {PASSWORD}", 70, "answered: ERR ...; "), (f"-{PASSWORD}", 70, "answered: ...; ")):
            with FakeServer(answer.encode() + b"\r\n") as server:
                for result in self.both(redis=server.url.replace("//", f"//tom:{PASSWORD}@")):
                    self.assertRefused(result, code, told)
                    self.assertSecret(result.err)

    def test_the_password_of_a_bad_variable_is_not_shown(self):
        for url in (f"redis://tom:{PASSWORD}@h:x", f"tom:{PASSWORD}@h", f"redis://tom:{PASSWORD}%zz@h"):
            result = self.shell('exec "$LIMITERS" sem run -j 1 --name x -- true', env={"LIMITERS_REDIS": url}).wait(PATIENCE)
            self.assertRefused(result, 78, "LIMITERS_REDIS")
            self.assertSecret(result.err)

    def test_neither_command_nor_the_server_keeps_the_password(self):
        holder = self.holder(redis=self.good)
        self.bucket(redis=self.good)
        [command] = holder.running.children()
        self.assertSecret(pathlib.Path(f"/proc/{command}/environ").read_text())
        self.assertSecret(pathlib.Path(f"/proc/{command}/cmdline").read_text())
        with self.server.client() as client:
            for key in client.call("KEYS", "*"):
                self.assertSecret(key)
                dump = client.call("HGETALL" if client.call("TYPE", key) == "hash" else "ZRANGE", key,
                                   *(() if client.call("TYPE", key) == "hash" else (0, -1)))
                self.assertSecret(repr(dump))
        self.assertSecret(repr(self.server.call("CLIENT", "LIST")))

    def test_the_record_in_redis_names_command_but_not_its_arguments(self):
        holder = self.holder(redis=self.good)
        [id] = self.holders()
        words = self.record(id)
        self.assertEqual(words[9:], [str(holder.pid), "sh"])
        self.assertNotIn("started", " ".join(words))

    def test_the_lease_holds_no_password(self):
        result = self.sem(redis=self.good, command=["printenv", "LIMITERS_LEASE"])
        other = self.sem(redis=self.server.url.replace("//", f"//:{PASSWORD}@"), command=["printenv", "LIMITERS_LEASE"])
        # Its hash is one of the server's name: the same for every user, so nothing can be guessed from it.
        self.assertEqual(result.out.split(".")[3], other.out.split(".")[3])


if __name__ == "__main__":
    unittest.main()
