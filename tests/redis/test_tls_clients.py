"""Servers that want to see a certificate of ours, and ports that do not speak what we speak."""

import unittest

from support.certificates import Authority, TlsServer
from support.fake_server import FakeServer
from support.once import OnceTest
from support.server import Server
from support.tool import limiters


class Mutual(OnceTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.client = cls.authority.issue("client")
        cls.server = cls.enterClassContext(TlsServer(cls.authority, cls.authority.issue("server"), clients="yes"))

    def run_tls(self, *options, **more):
        return self.run_once("--tls-ca", self.authority.certificate, *options, redis=self.server.tls_url, **more)

    def test_a_certificate_of_ours_is_accepted(self):
        self.assertRan(self.run_tls("--tls-cert", self.client.certificate, "--tls-key", self.client.key))

    def test_it_may_come_from_the_environment(self):
        env = {"LIMITERS_TLS_CERT": str(self.client.certificate), "LIMITERS_TLS_KEY": str(self.client.key)}
        self.assertRan(self.run_tls(env=env))

    def assertEnds(self, *options):
        """A server that refuses ends limiters at once, even one that would run CMD without Redis. Returns the line."""
        result = self.run_tls("--redis-timeout", "1m", *options, env={"LIMITERS_ON_UNAVAILABLE": "run"})
        self.assertRefused(result, 69, self.server.tls_url)
        self.assertLess(result.seconds, 20)
        return result.err

    def test_without_one_it_is_69_and_the_options_are_named(self):
        line = self.assertEnds()
        self.assertIn("--tls-cert and --tls-key", line)

    def test_with_one_that_another_authority_signed_it_is_69_and_nobody_asks_for_another(self):
        with Authority() as other:
            pair = other.issue("client")
            line = self.assertEnds("--tls-cert", pair.certificate, "--tls-key", pair.key)
        self.assertIn("may not trust", line)
        self.assertNotIn("--tls-key", line)

    def test_a_server_that_only_offers_to_look_takes_us_without(self):
        with TlsServer(self.authority, self.authority.issue("lenient"), clients="optional") as server:
            self.assertRan(self.run_once("--tls-ca", self.authority.certificate, redis=server.tls_url))


class AnotherLanguage(OnceTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.server = cls.enterClassContext(TlsServer(cls.authority, cls.authority.issue("server")))

    def test_tls_to_a_plain_port_says_so_within_the_timeout(self):
        url = self.server.url.replace("redis://", "rediss://")
        result = self.run_once("--redis-timeout", "1s", "--tls-ca", self.authority.certificate, redis=url)
        self.assertRefused(result, 69, url, "does this port speak TLS?")
        self.assertLess(result.seconds, 10)

    def test_a_bucket_that_meets_a_plain_port_says_so_too(self):
        url = self.server.url.replace("redis://", "rediss://")
        result = limiters("--redis-timeout", "1s", "--tls-insecure", "-q", "bucket", "run", "--name", "t", "--rate", "9/1s",
                          "--", "echo", "ran", redis=url)
        self.assertRefused(result, 69, url, "does this port speak TLS?")

    def test_a_plain_url_to_a_tls_port_says_what_may_be_wrong(self):
        url = self.server.tls_url.replace("rediss://", "redis://")
        result = self.run_once("--redis-timeout", "500ms", redis=url)
        self.assertIn(result.code, (69, 70), result)
        self.assertRefused(result, result.code, url.removeprefix("redis://"))
        self.assertRegex(result.err, "TLS|rediss|Redis protocol")

    def test_tls_to_something_that_talks_about_something_else_says_so(self):
        for greeting in (b"220 mail.example ESMTP\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"):
            with FakeServer(greeting=greeting) as impostor:
                url = impostor.url.replace("redis://", "rediss://")
                result = self.run_once("--redis-timeout", "1m", "--tls-ca", self.authority.certificate, redis=url)
                self.assertRefused(result, 69, url, "does this port speak TLS?")
                self.assertLess(result.seconds, 10)

    def test_a_server_that_hangs_up_during_the_handshake_is_69_and_no_signal_ends_us(self):
        with FakeServer(closes=True) as impostor:
            url = impostor.url.replace("redis://", "rediss://")
            for _ in range(10):
                result = self.run_once("--redis-timeout", "100ms", "--tls-ca", self.authority.certificate, redis=url)
                self.assertRefused(result, 69, url)

    def test_an_alert_is_a_refusal_but_for_one_that_has_nothing_to_do_with_us(self):
        unknown_authority, internal_error = 48, 80
        for alert, code in ((unknown_authority, 69), (internal_error, 0)):
            with self.subTest(alert=alert), FakeServer(answer=bytes((21, 3, 3, 0, 2, 2, alert))) as impostor:
                url = impostor.url.replace("redis://", "rediss://")
                result = self.run_once("--redis-timeout", "1s", "--tls-ca", self.authority.certificate, redis=url,
                                       env={"LIMITERS_ON_UNAVAILABLE": "run"})
                self.assertEqual((result.code, result.out), (code, "" if code else "ran\n"), result)
                self.assertOneLine(result, url)

    def test_a_server_without_tls_in_it_is_met_plainly_with_the_options_given(self):
        with Server() as plain:
            self.assertRan(self.run_once("--tls-ca", self.authority.certificate, redis=plain.url))


if __name__ == "__main__":
    unittest.main()
