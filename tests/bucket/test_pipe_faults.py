"""`bucket pipe`: a server that is not there, goes away, or says no."""

import tempfile
import unittest

from bucket.case import PATIENCE, BucketTest
from support.proxy import Proxy
from support.server import Server

NOBODY = "unix:///nobody/listens/here"


class Faults(BucketTest):
    def test_where_nobody_listens_nothing_is_read(self):
        with tempfile.TemporaryFile() as source:
            source.write(b"one\n")
            source.seek(0)
            result = self.pipe(source.fileno(), "--redis-timeout", "100ms", redis=NOBODY)
            self.assertRefused(result, 69, f"bucket '{self.name}'", NOBODY, "--redis")
            self.assertEqual(source.read(), b"one\n")

    def test_a_server_that_goes_and_comes_back_costs_no_line_and_one_warning(self):
        with Server() as server:
            running, stdin = self.open_pipe("--rate", "100/1s", redis=server.unix_url)
            stdin.write(b"one\n")
            running.wait_for_out("one\n", PATIENCE)
            server.kill()
            stdin.write(b"two\nthree")
            running.wait_for_err("lost", PATIENCE)
            stdin.close()
            server.start()
            self.assertEndedAs(result := running.wait(PATIENCE), 0, "one\ntwo\nthree")
            self.assertOneLine(result.err, "warning: ", f"'{self.name}'", server.unix_url)

    def test_a_server_that_answers_that_it_cannot_serve_is_not_told_as_lost(self):
        with Server() as server:
            running, stdin = self.open_pipe("-j", "5", redis=server.unix_url)
            stdin.write(b"one\n")
            running.wait_for_out("one\n", PATIENCE)
            server.call("CONFIG", "SET", "maxmemory", "1")
            stdin.write(b"two\n")
            running.wait_for_err("trying again", PATIENCE)
            server.call("CONFIG", "SET", "maxmemory", "0")
            stdin.close()
            self.assertEndedAs(result := running.wait(PATIENCE), 0, "one\ntwo\n")
            self.assertOneLine(result.err, f"'{self.name}': {server.unix_url} cannot serve: it has no memory left")

    def test_a_signal_ends_it_while_the_server_is_away(self):
        with Server() as server:
            running, stdin = self.open_pipe("-j", "5", redis=server.unix_url)
            stdin.write(b"one\n")
            running.wait_for_out("one\n", PATIENCE)
            server.kill()
            stdin.write(b"two\n")
            running.wait_for_err("lost", PATIENCE)
            running.signal(15)
            self.assertEndedAs(running.wait(PATIENCE), -15, "one\n")

    def test_tokens_whose_answer_was_lost_are_charged_once(self):
        with Proxy(self.server.url) as proxy:
            running, stdin = self.open_pipe("-j", "100", redis=proxy.url)
            stdin.write(b"one\n")
            running.wait_for_out("one\n", PATIENCE)
            proxy.blackhole_replies()
            stdin.write(b"two\nthree\n")
            self.wait_for_level(97)
            proxy.reset()
            proxy.heal()
            running.wait_for_out("three\n", PATIENCE)
            self.assertEqual(self.level(), 97)

    def test_a_key_that_is_no_bucket_is_named(self):
        self.server.call("SET", self.bucket_key, "x")
        self.assertRefused(self.pipe(b"one\n"), 70, f"bucket '{self.name}'", self.bucket_key)

    def test_a_bucket_promised_ten_years_ahead_is_a_usage_error(self):
        options = ("--rate", "1/1000d")
        for _ in range(3):
            self.waiting(*self.words("acquire", *options))
        self.assertRefused(self.pipe(b"one\n", *options), 64, f"bucket '{self.name}'", "ten years")


if __name__ == "__main__":
    unittest.main()
