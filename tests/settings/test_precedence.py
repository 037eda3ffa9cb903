"""Settings come, key by key, from the flag, else the environment, else the user's file, else the system's."""

import unittest

from support.once import SEM
from support.server import Server
from support.system_files import SystemFilesTest

CRON = {"PATH": "/usr/bin:/bin"}


class Precedence(SystemFilesTest):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def setUp(self):
        super().setUp()
        self.server.call("FLUSHALL")
        self.home = self.etc / "home"
        self.env = CRON | {"HOME": str(self.home)}

    def system_file(self, text=""):
        return self.write("limiters.toml", f'redis = "{self.server.url}"\n' + text)

    def user_file(self, text, folder=".config"):
        return self.write(f"home/{folder}/limiters.toml", text)

    def run_here(self, *options, env=None, command=("echo", "ran")):
        return self.run_in_etc(*options, *SEM, *command, env=env or self.env)

    def assertPrefix(self, prefix, *options, env=None):
        self.server.call("FLUSHALL")
        result = self.run_here(*options, env=env)
        self.assertEqual((result.code, result.out), (0, "ran\n"), result)
        self.assertEqual({key.split(":")[0] for key in self.server.call("KEYS", "*")}, {prefix})

    def assertFileError(self, result, *parts):
        self.assertEqual((result.code, result.out), (78, ""), result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        for part in ("limiters: ", *parts):
            self.assertIn(part, result.err)

    def test_an_empty_environment_works_from_the_system_file_alone(self):
        self.system_file()
        for env in (CRON, {}):
            result = self.run_here(env=env, command=("/bin/echo", "ran"))
            self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""), result)
        self.assertEqual(self.server.call("EXISTS", "limiters:2:sem:{t}"), 1)

    def test_each_source_is_stronger_than_the_next(self):
        self.system_file()
        self.assertPrefix("limiters")
        self.system_file('key-prefix = "system"\n')
        self.assertPrefix("system")
        self.user_file('key-prefix = "user"\n')
        self.assertPrefix("user")
        env = self.env | {"LIMITERS_KEY_PREFIX": "environment"}
        self.assertPrefix("environment", env=env)
        self.assertPrefix("flag", "--key-prefix", "flag", env=env)

    def test_an_empty_variable_counts_as_none(self):
        self.system_file('key-prefix = "system"\n')
        self.assertPrefix("system", env=self.env | {"LIMITERS_KEY_PREFIX": "", "LIMITERS_REDIS": ""})

    def test_a_key_that_the_user_does_not_set_comes_from_the_system(self):
        self.system_file('key-prefix = "system"\n')
        self.user_file('redis-timeout = "3s"\n')
        self.assertPrefix("system")

    def test_the_users_folder_of_the_environment_replaces_the_usual_one(self):
        self.system_file()
        self.user_file('key-prefix = "usual"\n')
        self.user_file('key-prefix = "own"\n', folder="own")
        self.assertPrefix("own", env=self.env | {"XDG_CONFIG_HOME": str(self.home / "own")})

    def test_a_named_file_replaces_both(self):
        self.system_file('key-prefix = "system"\n')
        self.user_file('key-prefix = "user"\n')
        named = self.write("named.toml", f'redis = "{self.server.url}"\n')
        self.assertPrefix("limiters", "--config", named)
        self.assertPrefix("limiters", env=self.env | {"LIMITERS_CONFIG": str(named)})

    def test_a_flag_names_the_file_before_the_environment(self):
        by_flag = self.write("flag.toml", f'redis = "{self.server.url}"\nkey-prefix = "flag"\n')
        self.assertPrefix("flag", "--config", by_flag, env=self.env | {"LIMITERS_CONFIG": "/nowhere.toml"})

    def test_a_policy_comes_from_each_source_too(self):
        text = 'redis = "redis://127.0.0.1:1"\nredis-timeout = "100ms"\non-unavailable = "run"\n'
        self.write("limiters.toml", text)
        self.assertEqual(self.run_here().code, 0)
        self.assertEqual(self.run_here(env=self.env | {"LIMITERS_ON_UNAVAILABLE": "fail"}).code, 69)
        env = self.env | {"LIMITERS_ON_UNAVAILABLE": "run"}
        result = self.run_in_etc(*SEM[:2], "--on-unavailable", "fail", *SEM[2:], "echo", "ran", env=env)
        self.assertEqual(result.code, 69)

    def test_a_bad_value_that_a_stronger_source_replaces_does_no_harm(self):
        self.system_file('redis-timeout = "soon"\n')
        self.assertPrefix("limiters", "--redis-timeout", "3s")

    def test_the_system_file_is_read_by_its_line_when_it_is_wrong(self):
        self.system_file("\nredis-timeot = 3\n")
        self.assertFileError(self.run_here(), "/etc/limiters.toml:3", "redis-timeot", "redis-timeout")

    def test_the_users_file_is_read_by_its_line_when_it_is_wrong(self):
        self.system_file()
        path = self.user_file('on-lost = "sometimes"\n')
        self.assertFileError(self.run_here(), f"{path}:1: on-lost", "sometimes", "stop", "keep")

    def test_a_value_of_the_environment_names_its_variable(self):
        self.system_file()
        result = self.run_here(env=self.env | {"LIMITERS_REDIS_TIMEOUT": "soon"})
        self.assertFileError(result, "LIMITERS_REDIS_TIMEOUT", "soon")


if __name__ == "__main__":
    unittest.main()
