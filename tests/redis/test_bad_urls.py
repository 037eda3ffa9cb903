"""A bad URL: the wrong part is named, and the password never shown."""

import unittest

from support.once import OnceTest

PASSWORD = "hunter2"
LOGIN = f"tom:{PASSWORD}@"

WRONG = {
    "the scheme": ("localhost:6379", "http://{}h", "redi://{}h", "{}h", "rediss+sentinel://{}h/s"),
    "the user": ("redis://%zz@h",),
    "the password": (f"redis://tom:{PASSWORD}%@h", f"redis://tom:%zz{PASSWORD}@h"),
    "the host": ("redis://", "redis://{}", "redis://{}[::1", "redis://{}[::1]x", "redis://{}a,,b", "redis://{}a,",
                 "redis://{}::1", "redis://{}h?db=1", "redis://{}a b"),
    "the port": ("redis://{}h:", "redis://{}h:x", "redis://{}h:0", "redis://{}h:65536", "redis://{}a:1,b:x"),
    "the database": ("redis://{}h/x", "redis://{}h/-1", "redis://{}h/1/2", "unix:///s?db=x", "redis+sentinel://{}h/s/x"),
    "the service": ("redis+sentinel://{}h", "redis+sentinel://{}h/", "redis+sentinel://{}h//1",
                    f"redis+sentinel://{{}}h/s?password={PASSWORD}", f"redis+sentinel://h/s#{PASSWORD}"),
    "the path": ("unix://s", "unix://", f"unix://:{PASSWORD}@/s", "unix:///" + 120 * "x"),
    "the query": ("unix:///s?timeout=3", f"unix:///s?password={PASSWORD}"),
}


class BadUrls(OnceTest):
    def assertNamed(self, part, url):
        with self.subTest(url=url):
            result = self.run_once("--redis-timeout", "50ms", redis=url.format(LOGIN))
            self.assertRefused(result, 64, f"--redis: {part}: ", never=[PASSWORD])

    def test_the_scheme(self):
        self.assertAllNamed("the scheme")

    def assertAllNamed(self, part):
        for url in WRONG[part]:
            self.assertNamed(part, url)

    def test_the_user(self):
        self.assertAllNamed("the user")

    def test_the_password(self):
        self.assertAllNamed("the password")

    def test_the_host(self):
        self.assertAllNamed("the host")

    def test_the_port(self):
        self.assertAllNamed("the port")

    def test_the_database(self):
        self.assertAllNamed("the database")

    def test_the_service_of_sentinels(self):
        self.assertAllNamed("the service")

    def test_the_path_of_a_socket(self):
        self.assertAllNamed("the path")

    def test_the_query_of_a_socket(self):
        self.assertAllNamed("the query")

    def test_a_password_with_a_slash_that_was_not_encoded_is_named_and_not_shown(self):
        for scheme in ("redis", "redis+sentinel"):
            for login in (f"tom:{PASSWORD}/x", f"tom:{PASSWORD}/", f"tom:12/{PASSWORD}", f"tom:12/{PASSWORD}/3", f"tom:x@y/{PASSWORD}"):
                for tail in ("@h", "@h:1", "@h/0", "@h/main/0"):
                    self.assertNamed("the password", f"{scheme}://{login}{tail}")

    def test_a_good_url_of_a_server_that_is_away_does_not_show_the_password_either(self):
        result = self.run_once("--redis-timeout", "50ms", "-v", redis=f"redis://{LOGIN}127.0.0.1:1")
        self.assertEqual(result.code, 69, result)
        self.assertIn("redis://127.0.0.1:1", result.err)
        self.assertNotIn(PASSWORD, result.err)

    def test_a_bad_url_in_the_environment_is_78_and_names_the_variable(self):
        result = self.run_once(env={"LIMITERS_REDIS": f"redis://{LOGIN}h:x"})
        self.assertRefused(result, 78, "LIMITERS_REDIS: the port: ", never=[PASSWORD])


if __name__ == "__main__":
    unittest.main()
