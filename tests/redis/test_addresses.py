"""Every form of a URL reaches the server it names, and the database it names."""

import unittest
from urllib.parse import quote

from support.once import OnceTest
from support.server import Server
from support.tool import limiters

KEY = "limiters:2:sem:{t}"


class Addresses(OnceTest):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server({"bind": "127.0.0.1 -::1"}))

    def setUp(self):
        self.server.call("FLUSHALL")

    def databases(self):
        """Numbers of those that hold a semaphore called t."""
        with self.server.client() as client:
            return [n for n in range(16) if client.call("SELECT", n) and client.call("EXISTS", KEY)]

    def assertReaches(self, url, database=0):
        self.assertRan(self.run_once(redis=url))
        self.assertEqual(self.databases(), [database], url)

    def test_an_ipv4_address(self):
        self.assertReaches(f"redis://127.0.0.1:{self.server.port}")

    def test_an_ipv6_address_in_brackets(self):
        try:
            self.server.client(over=f"redis://[::1]:{self.server.port}").close()
        except OSError as e:
            self.skipTest(f"no IPv6 on this machine: {e}")
        self.assertReaches(f"redis://[::1]:{self.server.port}/2", 2)

    def test_localhost(self):
        self.assertReaches(f"redis://localhost:{self.server.port}")

    def test_a_unix_socket(self):
        self.assertReaches(self.server.unix_url)

    def test_valkey_is_another_word_for_redis(self):
        self.assertReaches(f"valkey://127.0.0.1:{self.server.port}/1", 1)

    def test_the_number_after_the_slash_is_the_database(self):
        for database in (0, 1, 15):
            with self.subTest(database=database):
                self.server.call("FLUSHALL")
                self.assertReaches(f"redis://127.0.0.1:{self.server.port}/{database}", database)

    def test_a_slash_alone_is_database_0(self):
        self.assertReaches(f"redis://127.0.0.1:{self.server.port}/")

    def test_a_unix_socket_has_its_database_in_the_query(self):
        self.assertReaches(f"{self.server.unix_url}?db=3", 3)

    def test_a_database_that_the_server_does_not_have_is_named(self):
        self.assertRefused(self.run_once(redis=f"redis://127.0.0.1:{self.server.port}/16"), 70, "DB index", "URL")
        self.assertEqual(self.databases(), [])

    def test_a_bucket_goes_to_the_same_place(self):
        url = f"redis://localhost:{self.server.port}/4"
        self.assertRan(limiters("bucket", "run", "--name", "t", "--rate", "9/1s", "--", "echo", "ran", redis=url))
        with self.server.client() as client:
            client.call("SELECT", 4)
            self.assertEqual(client.call("EXISTS", "limiters:2:bucket:{t}"), 1)

    def test_an_unknown_host_name_is_69_and_named(self):
        url = "redis://no-such-host.invalid:1"
        self.assertRefused(self.run_once("--redis-timeout", "200ms", redis=url), 69, "host name", "no-such-host.invalid")


class Login(OnceTest):
    PASSWORD = "p@ss:/w%rd,#?[é"
    USER = "tom:@/,"

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server({"requirepass": cls.PASSWORD}))
        with cls.server.client() as client:
            client.call("ACL", "SETUSER", cls.USER, "on", f">{cls.PASSWORD}", "~*", "&*", "+@all")

    def url(self, login):
        return f"redis://{login}@127.0.0.1:{self.server.port}"

    def quoted(self, text):
        return quote(text, safe="")

    def test_a_percent_encoded_password_is_the_one_it_stands_for(self):
        self.assertRan(self.run_once(redis=self.url(":" + self.quoted(self.PASSWORD))))

    def test_a_user_and_a_password_are_both_decoded(self):
        self.assertRan(self.run_once(redis=self.url(f"{self.quoted(self.USER)}:{self.quoted(self.PASSWORD)}")))

    def test_the_user_counts(self):
        result = self.run_once(redis=self.url("jerry:" + self.quoted(self.PASSWORD)))
        self.assertRefused(result, 77, "WRONGPASS", never=[self.PASSWORD, self.quoted(self.PASSWORD)])


if __name__ == "__main__":
    unittest.main()
