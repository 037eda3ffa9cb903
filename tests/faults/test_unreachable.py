"""No Redis where one is expected: one line, the right code, CMD not started, and no waiting past --redis-timeout."""

import os
import socket
import tempfile
import unittest

from support.fake_server import FakeServer
from support.proxy import Proxy
from support.server import Server, free_port
from support.tool import limiters, spawn
from support.wait import eventually

KINDS = {"sem": ("--capacity", "1"), "bucket": ("--rate", "10/1s")}


class UnreachableTest(unittest.TestCase):
    def run_at(self, url, kind, *options, timeout="300ms", command=("echo", "ran")):
        return limiters("--redis-timeout", timeout, kind, "run", "--name", "t", *KINDS[kind], *options, "--", *command, redis=url)

    def assertRefusesBoth(self, url, code, *parts, **more):
        for kind in KINDS:
            with self.subTest(kind=kind):
                result = self.run_at(url, kind, **more)
                self.assertEqual((result.code, result.out), (code, ""), result)
                self.assertEqual(len(result.err.splitlines()), 1, result)
                for part in ("limiters: ", url, *parts):
                    self.assertIn(part, result.err)


class NobodyThere(UnreachableTest):
    def test_a_refused_port_is_69(self):
        self.assertRefusesBoth(f"redis://127.0.0.1:{free_port()}", 69, "'t'", "Connection refused", "--redis")

    def test_a_refused_port_is_69_and_not_75_even_for_those_who_will_not_wait(self):
        for kind in KINDS:
            self.assertEqual(self.run_at(f"redis://127.0.0.1:{free_port()}", kind, "-n", "-E", "0").code, 69)

    def test_a_unix_socket_that_is_not_there_is_69(self):
        self.assertRefusesBoth("unix:///nowhere/redis.sock", 69, "No such file")

    def test_a_unix_socket_that_takes_no_more_connections_is_69(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            path = os.path.join(folder, "socket")
            listener.bind(path)
            listener.listen(0)
            with socket.socket(socket.AF_UNIX) as first:
                first.connect(path)
                self.assertRefusesBoth(f"unix://{path}", 69, "unavailable")

    def test_a_port_that_is_opened_while_it_tries_is_reached(self):
        with Server() as server:
            server.kill()
            with spawn("--redis-timeout", "1m", "sem", "run", "--name", "t", "--capacity", "1", "--", "echo", "ran",
                       redis=server.url) as running:
                server.start()
                self.assertEqual(running.wait().out, "ran\n")


class TwoReasons(UnreachableTest):
    def test_a_broken_connection_is_told_and_not_the_silence_after_it(self):
        with Server() as server, Proxy(server.url) as proxy:
            proxy.refuse()
            with spawn("--redis-timeout", "3s", "sem", "run", "--name", "t", "--capacity", "1", "--", "true",
                       redis=proxy.url) as running:
                proxy.wait_for(lambda p: p.connections > 1)
                proxy.blackhole()
                proxy.accept()
                result = running.wait()
        self.assertEqual(result.code, 69, result)
        self.assertRegex(result.err, "closed|reset")


class HowLong(UnreachableTest):
    def test_it_tries_as_long_as_it_was_told(self):
        url = f"redis://127.0.0.1:{free_port()}"
        self.assertGreaterEqual(self.run_at(url, "sem", timeout="600ms").seconds, 0.3)  # the last pause is not waited out

    def test_a_short_timeout_is_kept(self):
        with FakeServer() as silent:
            for kind in KINDS:
                with spawn("--redis-timeout", "20s", kind, "run", "--name", "t", *KINDS[kind], "--", "true",
                           redis=silent.url) as patient:
                    eventually(lambda: silent.connections > 0)
                    self.assertEqual(self.run_at(silent.url, kind).code, 69)
                    self.assertTrue(patient.running())


class OnUnavailable(UnreachableTest):
    def setUp(self):
        self.url = f"redis://127.0.0.1:{free_port()}"

    def test_run_runs_it_without_a_limit_and_says_so(self):
        for kind in KINDS:
            result = self.run_at(self.url, kind, "--on-unavailable", "run", command=["sh", "-c", "echo ran; exit 7"])
            self.assertEqual((result.code, result.out), (7, "ran\n"))
            self.assertEqual(len(result.err.splitlines()), 1, result.err)
            for part in ("warning", "'t'", self.url, "without a limit"):
                self.assertIn(part, result.err)

    def test_what_it_runs_has_no_lease(self):
        result = self.run_at(self.url, "sem", "--on-unavailable", "run", command=["sh", "-c", 'env | grep ^LIMITERS_ | sort'])
        self.assertRegex(result.out, r"\ALIMITERS_NAME=t\nLIMITERS_WAITED_MS=\d+\n\Z")

    def test_fail_is_the_default_and_can_be_said(self):
        for options in ((), ("--on-unavailable", "fail")):
            self.assertEqual(self.run_at(self.url, "sem", *options).code, 69)

    def test_a_server_that_answers_nonsense_or_refuses_is_no_reason_to_run(self):
        with FakeServer(answer=b"HTTP/1.1 400 Bad Request\r\n\r\n") as impostor:
            self.assertEqual(self.run_at(impostor.url, "sem", "--on-unavailable", "run").code, 70)
        with Server({"requirepass": "secret"}) as server:
            self.assertEqual(self.run_at(server.url, "sem", "--on-unavailable", "run").code, 77)

    def test_nothing_is_left_that_an_answer_too_late_could_give_a_slot_to(self):
        with Server() as server:
            self.assertEqual(self.run_at(server.url, "sem").code, 0)  # so that the server knows the scripts
            server.call("DEL", *server.call("KEYS", "*"))
            server.pause()
            result = self.run_at(server.url, "sem", "--on-unavailable", "run")
            self.assertEqual((result.code, result.out), (0, "ran\n"))
            server.resume()
            eventually(lambda: server.call("KEYS", "*"), what="the late question to be answered")
            eventually(lambda: server.call("EXISTS", "limiters:2:sem:{t}:holders") == 0, what="the slot to be free")


if __name__ == "__main__":
    unittest.main()
