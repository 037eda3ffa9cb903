"""What a run costs on the server: every command that arrives there is counted."""

import hashlib
import subprocess
import unittest

from cli.case import PATIENCE, CliTest
from support.fake_server import FakeServer
from support.proxy import Proxy
from support.resp import encode, script_text
from support.wait import eventually


def sha1(verb):
    return hashlib.sha1(script_text(verb)).hexdigest()


class RoundTrips(CliTest):
    def commands(self, run, *options, **more):
        """The commands of one run, its scripts known to the server."""
        with self.server.monitor() as monitor:
            self.assertSilent(run(*options, **more))
            return monitor.commands()

    def names(self, *args, **more):
        return [words[0] for words in self.commands(*args, **more)]

    def setUp(self):
        super().setUp()
        self.both("-j", "1000")
        self.name += " counted"

    def test_a_sem_run_is_acquire_and_release(self):
        for url in (self.server.unix_url, self.server.url):
            acquire, release = self.commands(self.sem, redis=url)
            self.assertEqual((acquire[0], acquire[2], acquire[3]), ("EVALSHA", "4", self.key))
            self.assertEqual((release[0], release[2], release[3]), ("EVALSHA", "4", self.key))
            self.assertEqual([acquire[1], release[1]], [sha1("semaphore/acquire"), sha1("semaphore/release")])

    def test_a_bucket_run_is_one_question(self):
        for url in (self.server.unix_url, self.server.url):
            [acquire] = self.commands(self.bucket, "-j", "9", redis=url)
            self.assertEqual(acquire[:4], ["EVALSHA", sha1("bucket/acquire"), "1", self.bucket_key])

    def test_a_command_that_ends_during_a_renewal_is_released_over_the_same_connection(self):
        with Proxy(self.server.url) as proxy:
            holder = self.holder("--expiry", "12s", redis=proxy.url)
            first = self.lease_end()
            proxy.latency(200)
            eventually(lambda: self.lease_end() > first, PATIENCE, "a renewal")
            self.assertEndedAs(holder.finish(3), 3, "started\n")
            self.assertEqual(proxy.connections, 1)
        self.assertFree()

    def lease_end(self):
        return int(self.server.call("ZRANGE", f"{self.key}:holders", 0, -1, "WITHSCORES")[1])

    def test_the_arguments_of_a_run_are_never_sent(self):
        for run in (self.sem, self.bucket):
            self.assertNotIn("topsecret", repr(self.commands(run, command=["echo", "topsecret"], stdout=subprocess.DEVNULL)))

    def test_nothing_else_is_sent_for_database_0_however_it_is_written(self):
        for url in (f"{self.server.url}/0", f"{self.server.url}/", f"{self.server.unix_url}?db=0"):
            self.assertEqual(self.names(self.sem, redis=url), ["EVALSHA", "EVALSHA"])

    def test_another_database_is_selected_once(self):
        self.assertEqual(self.names(self.sem, redis=f"{self.server.url}/2"), ["SELECT", "EVALSHA", "EVALSHA"])
        self.assertEqual(self.names(self.bucket, redis=f"{self.server.unix_url}?db=2"), ["SELECT", "EVALSHA"])

    def test_an_unknown_script_is_sent_as_text_and_never_loaded(self):
        self.server.call("SCRIPT", "FLUSH")
        self.assertEqual(self.names(self.sem), ["EVALSHA", "EVAL", "EVALSHA", "EVAL"])
        self.assertEqual(self.names(self.bucket), ["EVALSHA", "EVAL"])
        self.assertEqual(self.names(self.sem), ["EVALSHA", "EVALSHA"])

    def test_a_refused_call_is_one_question(self):
        self.holder()
        self.bucket()
        for run in (self.sem, self.bucket):
            with self.server.monitor() as monitor:
                self.assertRefused(run("-n"), 75)
                self.assertEqual([words[0] for words in monitor.commands()], ["EVALSHA"])

    def test_a_hand_over_costs_a_waiter_one_blocking_and_one_question(self):
        holder, waiter = self.holder(), self.waiter()
        eventually(lambda: "cmd=blpop" in self.server.call("CLIENT", "LIST"), PATIENCE, "a blocked waiter")
        with self.server.monitor() as monitor:
            holder.finish()
            waiter.wait_for_start()
            waiter.finish()
            names = [words[0] for words in monitor.commands() if words[0] != "BLPOP"]
        self.assertEqual(names[0], "EVALSHA")  # the release that hands over
        self.assertEqual(names[-2:], ["EVALSHA", "EVALSHA"])  # the confirmation, and the waiter's own release

    def test_one_connection_serves_a_run(self):
        def connections():
            return int(self.server.call("INFO", "stats").split("total_connections_received:")[1].split()[0])
        for run in (self.sem, self.bucket):
            before = connections()
            run()
            self.assertEqual(connections() - before, 2)  # its own, and the one that asks here


class WithALogin(CliTest):
    config = {"requirepass": "hunter2"}

    def test_a_login_is_one_more_command(self):
        url = self.server.url.replace("//", "//:hunter2@")
        for run, count in ((self.sem, 2), (self.bucket, 1)):
            run("-j", "9", redis=url)
            self.server.call("CONFIG", "RESETSTAT")
            self.assertSilent(run("-j", "9", redis=url))
            stats = self.server.call("INFO", "commandstats")
            self.assertIn(f"cmdstat_evalsha:calls={count},", stats)
            self.assertIn("cmdstat_auth:calls=2,", stats)  # that of the run, and that of this question
            for other in ("hello", "select", "client", "script", "ping", "info|eval"):
                self.assertNotIn(f"cmdstat_{other}:", stats)

    def test_user_and_database_are_one_round_trip_more_before_the_first_script(self):
        with FakeServer(b"-ERR no\r\n") as server:
            url = server.url.replace("//", "//me:hunter2@") + "/3"
            for run in (self.sem, self.bucket):
                self.assertRefused(run(redis=url), 70)
                self.assertEqual(server.heard[-1], encode(["AUTH", "me", "hunter2"]) + encode(["SELECT", 3]))


if __name__ == "__main__":
    unittest.main()
