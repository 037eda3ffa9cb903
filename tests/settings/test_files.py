"""A configuration file that is wrong: 78, with file and line, before anything is asked or started."""

import os
import pathlib
import tempfile
import unittest

from support.once import SEM, OnceTest
from support.server import Server, free_port
from support.tool import BINARY, Running, environment, limiters

WRONG_VALUES = {
    'redis = "localhost"': "the scheme",
    'redis = "redis://h:x"': "the port",
    'redis-timeout = "soon"': "not a duration",
    'redis-timeout = "1ms"': "not from",
    "redis-timeout = 0": "not from",
    'key-prefix = ""': "empty",
    'key-prefix = "{x}"': "key-prefix",
    'on-outage = "perhaps"': "only keep and stop are known",
    'on-unavailable = "true"': "only fail and run are known",
    'verbose = "often"': "verbose",
    'tls-insecure = 2': "tls-insecure",
    'redis = ["redis://a", "redis://b"]': "only a string is possible",
    'replicas = "all"': "0 to 16",
    "replicas = 17": "0 to 16",
    "replicas = 1.5": "only a string or a number is possible",
    "redis-timeout = 1979-05-27": "only a string or a number is possible",
}
TEXTS = ("redis", "password-file", "tls-ca", "tls-cert", "tls-key", "tls-server-name", "key-prefix", "on-lost", "on-outage",
         "on-unavailable")
SWITCHES = ("tls-insecure", "quiet", "verbose")
NO_TEXT = ("true", "false", "7", "0.5", "inf", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "['x']", "{x = 'x'}")
NEAREST = {"redi": "redis", "redis_timeout": "redis-timeout", "tls-cert-file": "tls-cert", "onlost": "on-lost",
           "password_file": "password-file", "Redis": "redis", "key-prefx": "key-prefix"}
NO_TOML = ("redis = redis://h\n", "redis\n", "[redis\n", 'redis = "a\n', "= 3\n", 'redis = "a"\nredis = "b"\n')


class ConfigurationFiles(OnceTest):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def file(self, text):
        path = self.folder / "limiters.toml"
        path.write_text(text)
        return path

    def assertFileError(self, text, place, *parts):
        """`text` stands in line 3, after a good setting."""
        path = self.file(f'# a comment\nkey-prefix = "x"\n{text}')
        with self.subTest(text=text):
            self.assertRefused(self.run_once("--config", path, env={"LIMITERS_REDIS": self.server.url}), 78, f"{path}{place}", *parts)

    def test_an_unknown_key_is_refused_and_the_nearest_named(self):
        for key, nearest in NEAREST.items():
            self.assertFileError(f"{key} = 1\n", ":3: ", f"'{key}'", f"'{nearest}'")

    def test_what_defines_a_limiter_stands_on_the_command_line_only(self):
        for key in ("capacity", "name", "rate", "max-sleep", "expiry"):
            self.assertFileError(f"{key} = 1\n", ":3: ", f"'{key}'")

    def test_a_bad_value_is_refused(self):
        for text, why in WRONG_VALUES.items():
            path = self.file(f"# a comment\n\n{text}\n")
            env = {"LIMITERS_REDIS": None if text.startswith("redis =") else self.server.url}
            with self.subTest(text=text):
                result = self.run_once("--config", path, env=env)
                self.assertRefused(result, 78, f"{path}:3: {text.split(' ')[0]}", why)

    def test_a_value_of_another_type_is_refused(self):
        wrong = [(key, value, "only a string is possible") for key in TEXTS for value in NO_TEXT]
        wrong += [(key, value, "only true and false are possible") for key in SWITCHES for value in NO_TEXT[3:]]
        wrong += [("redis-timeout", value, "only a string or a number is possible") for value in NO_TEXT[:2] + NO_TEXT[5:]]
        for key, value, why in wrong:
            path = self.file(f"# a comment\n\n{key} = {value}\n")
            with self.subTest(key=key, value=value):
                result = limiters("--config", path, "--redis", self.server.url, "doctor", "--acl")
                self.assertRefused(result, 78, f"{path}:3: {key}: {why}")

    def test_what_is_no_toml_is_refused(self):
        for text in NO_TOML:
            line = 3 + text.count("\n") - 1
            path = self.file(f"# a comment\n\n{text}")
            with self.subTest(text=text):
                result = self.run_once("--config", path, env={"LIMITERS_REDIS": self.server.url})
                self.assertEqual(result.code, 78, result)
                self.assertRegex(result.err, rf"\Alimiters: {path}:({line}|{line + 1}): [^\n]+\n\Z")

    def test_a_text_without_its_quotes_is_told_to_have_some_and_not_shown(self):
        for text, key in (("redis = redis://:secret@host", "redis"), ("key-prefix=secret", "key-prefix"),
                          ("password-file = /etc/secret", "password-file"), ("redis-timeout = 5s", "redis-timeout")):
            path = self.file(f"quiet = true\n{text}\n")
            with self.subTest(text=text):
                self.assertRefused(self.run_once("--config", path, redis=self.server.url), 78,
                                   f'{path}:2: {key}: a text needs quotes: {key} = "..."', never=("secret",))

    def test_a_key_that_stands_there_twice_is_told_so(self):
        for text in ("quiet = true\nquiet = false\n", "redis-timeout = 5\nredis-timeout = 6\n"):
            self.assertFileError(text, ":4: ", "cannot redefine")

    def test_a_switch_that_is_neither_true_nor_false_is_told_to_be(self):
        for word in ("yes", "True", "on"):
            self.assertFileError(f"verbose = {word}\n", ":3: verbose: only true and false are possible")

    def test_a_table_inside_is_refused(self):
        self.assertFileError('[tls]\nca = "x"\n', ":3: ", "'tls'")
        self.assertFileError('redis.url = "x"\n', ":3: ")
        self.assertFileError('redis = { url = "x" }\n', ":3: ", "only a string is possible")

    def test_a_named_file_that_is_missing_is_refused(self):
        path = self.folder / "missing.toml"
        self.assertRefused(self.run_once("--config", path, redis=self.server.url), 78, str(path), "No such file")
        result = self.run_once(redis=self.server.url, env={"LIMITERS_CONFIG": str(path)})
        self.assertRefused(result, 78, str(path), "No such file")

    def test_a_named_file_that_is_a_folder_is_refused(self):
        self.assertRefused(self.run_once("--config", self.folder, redis=self.server.url), 78, str(self.folder))

    def test_dev_null_says_that_there_is_none(self):
        self.file("capacity = 1\n")
        usual = {"XDG_CONFIG_HOME": str(self.folder)}
        self.assertRan(self.run_once("--config", "/dev/null", redis=self.server.url, env=usual))
        self.assertRan(self.run_once(redis=self.server.url, env=usual | {"LIMITERS_CONFIG": "/dev/null"}))
        (self.folder / "limiters.toml").unlink()
        (self.folder / "limiters.toml").symlink_to("/dev/null")
        self.assertRan(self.run_once(redis=self.server.url, env=usual))

    def test_a_file_that_does_not_end_is_refused(self):
        self.assertRefused(self.run_once("--config", "/dev/zero", redis=self.server.url), 78, "/dev/zero", "1 MiB")

    def test_a_large_file_is_read_up_to_1_mib(self):
        text = f"redis = '{self.server.url}'\n#"
        self.assertRan(self.run_once("--config", self.file(text.ljust(2**20, "x"))))
        self.assertRefused(self.run_once("--config", self.file(text.ljust(2**20 + 1, "x"))), 78, "1 MiB")

    def test_a_named_pipe_is_read(self):
        script = f'exec "$0" --config <(echo "redis = \'{self.server.url}\'") "$@"'
        for words in ([*SEM, "echo", "ran"], ["doctor"], ["status"]):
            with self.subTest(words[0]), Running(["bash", "-c", script, BINARY, *words], env=environment()) as running:
                result = running.wait()
                self.assertEqual((result.code, result.err), (0, ""), result)

    def test_a_named_pipe_that_nothing_writes_to_is_refused_after_a_while(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        self.assertRefused(self.run_once("--config", pipe, redis=self.server.url), 78, f"{pipe}: a pipe that nothing writes to")

    def test_a_pipe_in_a_usual_place_is_refused_and_holds_up_nothing(self):
        pipe = self.folder / "limiters.toml"
        os.mkfifo(pipe)
        result = self.run_once(redis=self.server.url, env={"XDG_CONFIG_HOME": str(self.folder)})
        self.assertRefused(result, 78, str(pipe), "not a file")

    def test_a_file_that_cannot_be_read_is_refused(self):
        path = self.file(f'redis = "{self.server.url}"\n')
        path.chmod(0)
        # Root reads everything, until it gives that up.
        rights = "-dac_override,-dac_read_search"
        as_anyone = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"] if os.geteuid() == 0 else []
        with Running([*as_anyone, BINARY, "--config", path, *SEM, "echo", "ran"], env=environment()) as running:
            self.assertRefused(running.wait(), 78, str(path))

    def test_an_empty_file_is_a_good_one(self):
        self.assertRan(self.run_once("--config", self.file(""), redis=self.server.url))

    def test_all_kinds_of_values_are_understood(self):
        path = self.file(f"redis = '{self.server.url}'\nredis-timeout = 2.5\ntls-insecure = false\nquiet = true\n"
                         'on-outage = "keep" # as ever\n')
        self.assertRan(self.run_once("--config", path))

    def test_a_switch_of_a_file_can_be_undone_by_the_environment(self):
        path = self.file(f'redis = "redis://127.0.0.1:{free_port()}"\nredis-timeout = "50ms"\non-unavailable = "run"\nquiet = true\n')
        self.assertRan(self.run_once("--config", path))
        self.assertRan(self.run_once("--config", path, env={"LIMITERS_QUIET": "0"}), "warning")


if __name__ == "__main__":
    unittest.main()
