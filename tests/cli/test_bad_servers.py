"""A server that is none, is not there, says nonsense, or stops answering in the middle."""

import signal
import unittest

from cli.case import PATIENCE, CliTest
from support.fake_server import FakeServer
from support.proxy import Proxy
from support.server import free_port
from support.wait import eventually

SHORT = ["--redis-timeout", "300ms"]


class NotThere(CliTest):
    def assertUnreachable(self, url, *parts):
        for result in self.both(*SHORT, redis=url):
            self.assertRefused(result, 69, f"'{self.name}'", url, "--redis", *parts)
            self.assertLess(result.seconds, PATIENCE / 2)  # 300 ms, and all that a busy machine may add

    def test_a_port_where_nobody_listens(self):
        self.assertUnreachable(f"redis://127.0.0.1:{free_port()}", "Connection refused")
        self.assertUnreachable(f"redis://[::1]:{free_port()}")

    def test_a_socket_that_does_not_exist(self):
        self.assertUnreachable(f"unix://{self.folder}/nothing", "No such file or directory")

    def test_a_path_that_is_no_socket(self):
        (self.folder / "file").touch()
        self.assertUnreachable(f"unix://{self.folder}/file")
        self.assertUnreachable(f"unix://{self.folder}")

    def test_a_host_name_that_nobody_knows(self):
        self.assertUnreachable("redis://no-such-host.invalid:6379", "host name")

    def test_the_wait_bounds_nothing_here_and_the_timeout_does(self):
        result = self.sem(*SHORT, "--max-sleep", "1h", redis=f"unix://{self.folder}/nothing")
        self.assertRefused(result, 69, "cannot reach")

    def test_a_limit_that_may_be_ignored_is_ignored_with_a_warning(self):
        for result in self.both(*SHORT, "--on-unavailable", "run", redis=f"unix://{self.folder}/nothing",
                                command=["sh", "-c", 'echo "$LIMITERS_NAME $LIMITERS_LEASE$LIMITERS_FENCE"; exit 3']):
            self.assertEndedAs(result, 3, f"{self.name} \n")
            self.assertOneLine(result.err, "warning: ", "runs without a limit")


class NoRedis(CliTest):
    def assertAnswered(self, answer, code, *parts, closes=False, greeting=b""):
        with FakeServer(answer, greeting, closes) as fake:
            for result in self.both(*SHORT, redis=fake.url):
                self.assertRefused(result, code, fake.url, *parts)
                self.assertLess(result.seconds, PATIENCE / 2)  # 300 ms, and all that a busy machine may add

    def test_a_web_server(self):
        for closes in (False, True):
            self.assertAnswered(b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>\n", 70,
                                "does not speak the Redis protocol", "is this the right port?", closes=closes)

    def test_one_that_speaks_first(self):
        for greeting in (b"220 mail.example ESMTP\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\x00\xff\xfe" * 9):
            self.assertAnswered(b"", 70, "does not speak the Redis protocol", greeting=greeting)

    def test_noise(self):
        for answer in (bytes(range(1, 256)), b"\r\n\r\n"):
            self.assertAnswered(answer, 70)

    def test_one_that_says_ok_to_everything(self):
        self.assertAnswered(b"+OK\r\n" * 5, 70)

    def test_answers_of_the_protocol_that_no_script_gives(self):
        for answer in (b"$-1\r\n", b"*-1\r\n", b"*0\r\n", b"$2\r\nOK\r\n", b"*2\r\n$1\r\n1\r\n$1\r\n1\r\n", b":1\r\n"):
            self.assertAnswered(answer, 70)
        for answer in (b":1\r\n:1\r\n", b"*1\r\n:1\r\n", b"*8\r\n" + b"$1\r\n1\r\n" * 8, b"*2\r\n*1\r\n:1\r\n:1\r\n"):
            with FakeServer(answer) as fake:
                self.assertRefused(self.sem(*SHORT, redis=fake.url), 70, fake.url)
        for answer in (b"*1\r\n:1\r\n", b"*2\r\n$1\r\n1\r\n:1\r\n"):
            with FakeServer(answer) as fake:
                self.assertRefused(self.bucket(*SHORT, redis=fake.url), 70, fake.url)

    def test_one_that_says_nothing(self):
        self.assertAnswered(b"", 69, "no answer")

    def test_one_that_never_ends_its_answer(self):
        for answer in (b"*8\r\n:1\r\n$1000000\r\nabc", b"$1000000\r\nx", b":", b"*"):
            self.assertAnswered(answer, 69, "no answer")

    def test_one_that_announces_or_sends_more_than_anybody_needs(self):
        for answer in (b"*2000000000\r\n", b"*2\r\n*100001\r\n", b"+" + b"x" * 1_100_000, b"$9000000\r\n" + b"x\n" * 4300000):
            self.assertAnswered(answer, 70)

    def test_one_that_hangs_up(self):
        self.assertAnswered(b"", 69, closes=True)
        for answer in (b"$", b"*8\r\n:1\r\n"):
            self.assertAnswered(answer, 69, "closed", closes=True)

    def test_an_error_of_many_words_and_bytes_is_still_one_line(self):
        self.assertAnswered(b"-ERR \x1b[31m odd\tanswer\x07 " + b"x" * 3000 + b"\r\n", 70, "?[31m odd?answer? ")


class KeyInTheWay(CliTest):
    def test_a_key_of_the_wrong_type_is_named_and_left_alone(self):
        for suffix in ("", ":holders", ":waiters", ":alive"):
            with self.subTest(suffix):
                self.name = f"in the way{suffix}"
                self.server.call("SET", self.key + suffix, "mine")
                self.assertRefused(self.sem(), 70, self.key, "WRONGTYPE", "--key-prefix")
                self.assertEqual(self.server.call("KEYS", f"*{self.name}}}*"), [self.key + suffix])
                self.assertEqual(self.server.call("GET", self.key + suffix), "mine")

    def test_a_key_of_the_wrong_type_in_the_way_of_a_bucket(self):
        self.server.call("LPUSH", self.bucket_key, "mine")
        self.assertRefused(self.bucket(), 70, self.bucket_key, "WRONGTYPE", "--key-prefix")
        self.assertEqual(self.server.call("LRANGE", self.bucket_key, 0, -1), ["mine"])

    def test_another_prefix_gets_past_it(self):
        self.server.call("SET", self.key, "mine")
        self.assertSilent(self.sem("--key-prefix", "ours"))


class SilentInTheMiddle(CliTest):
    """The server is a real one; the network between is not."""

    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(Proxy(self.server.unix_url))

    def assertGivenBack(self):
        eventually(lambda: self.holders() == [] and self.waiters() == [], PATIENCE, "the slot to be free")
        self.assertFree()

    def test_a_network_that_swallows_everything(self):
        self.proxy.blackhole()
        for result in self.both(*SHORT, redis=self.proxy.url):
            self.assertRefused(result, 69, self.proxy.url)
        self.assertFree()

    def test_a_grant_whose_answer_is_lost_is_given_back(self):
        self.proxy.blackhole_replies()
        self.assertRefused(self.sem(*SHORT, redis=self.proxy.url), 69, self.proxy.url)
        self.assertIn("cmdstat_eval", self.server.call("INFO", "commandstats"))  # it had arrived
        self.assertGivenBack()

    def test_a_torn_answer_is_asked_for_again_and_granted_once(self):
        self.sem()
        self.proxy.cut_reply(3)
        running = self.start(*self.sem_words(command=["sh", "-c", "echo ran"]), redis=self.proxy.url)
        self.proxy.wait_for(lambda p: p.connections >= 2, PATIENCE)
        self.proxy.heal()
        self.assertSilent(running.wait(PATIENCE), 0, "ran\n")
        self.assertGivenBack()

    def test_a_bucket_charges_once_for_a_torn_answer(self):
        self.proxy.cut_reply(3)
        running = self.start(*self.bucket_words("-j", "5"), redis=self.proxy.url)
        self.proxy.wait_for(lambda p: p.connections >= 3, PATIENCE)
        self.proxy.heal()
        self.assertSilent(running.wait(PATIENCE))
        self.assertEqual(self.bucket_state()["level"], "4")

    def test_a_server_that_hangs_while_command_runs_does_not_change_its_code(self):
        holder = self.holder(*SHORT, redis=self.proxy.url)
        self.proxy.blackhole()
        result = holder.finish(7)
        self.assertEndedAs(result, 7, "started\n")
        self.assertOneLine(result.err, "warning: ", "could not be given back", "ends with its lease")

    def test_a_server_that_goes_away_during_the_wait_is_told_from_a_wait_that_is_too_long(self):
        self.holder()
        waiter = self.start(*self.sem_words("--max-sleep", "1s", *SHORT), redis=self.proxy.url)
        # One that has had the answer that it waits blocks for its wake-up.
        eventually(lambda: "blocked_clients:1" in self.server.call("INFO", "clients"), PATIENCE, "the waiter to wait")
        self.proxy.refuse()
        self.proxy.reset()
        result = waiter.wait(PATIENCE)
        self.assertEndedAs(result, 69)
        self.assertOneLine(result.err.splitlines(True)[-1], f"'{self.name}'", self.proxy.url, "went away")

    def test_a_signal_ends_the_wait_for_a_server_that_does_not_answer(self):
        self.proxy.blackhole()
        for words in (self.sem_words(), self.bucket_words()):
            before = self.proxy.connections
            running = self.start("--redis-timeout", "1h", *words, redis=self.proxy.url)
            self.proxy.wait_for(lambda p: p.connections > before, PATIENCE)
            running.signal(signal.SIGTERM)
            self.assertSilent(running.wait(PATIENCE), -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
