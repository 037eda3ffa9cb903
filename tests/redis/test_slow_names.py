"""Several host names that a slow name server is asked for: the time and signals are looked at between them."""

import signal
import socket
import threading
import unittest

from support.once import SEM
from support.server import Server
from support.system_files import SystemFilesTest


class SlowServer(threading.Thread):
    """A name server that knows no name, and takes a while to say so. .asked is set by the first question."""

    def __init__(self):
        super().__init__(daemon=True)
        self.asked = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.77", 53))

    def run(self):
        while True:
            question, asker = self._socket.recvfrom(512)
            self.asked.set()
            # RFC 1035, 4.1.1: the question comes back as an answer, with the code for a name that does not exist.
            answer = question[:2] + b"\x81\x83" + question[4:]
            threading.Timer(0.8, self._socket.sendto, (answer, asker)).start()


class SlowNames(SystemFilesTest):
    @classmethod
    def setUpClass(cls):
        try:
            cls.names = SlowServer()
        except OSError as e:
            raise unittest.SkipTest(f"no name server of our own: {e}")
        cls.names.start()

    def setUp(self):
        super().setUp()
        self.names.asked.clear()
        self.write("resolv.conf", "nameserver 127.0.0.77\n")

    def url(self, count, *more):
        return "redis://" + ",".join([f"slow-{i}.invalid" for i in range(count)] + list(more))

    def test_each_look_up_is_given_up_after_a_second(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.78", 53))
            self.write("resolv.conf", "nameserver 127.0.0.78\n")
            result = self.run_in_etc("--redis", self.url(1), "--redis-timeout", "3s", *SEM, "echo", "ran")
        self.assertEqual((result.code, result.out), (69, ""), result)
        self.assertLess(result.seconds, 8)  # with what glibc takes for enough: 10 s for one

    def test_many_do_not_overrun_the_timeout(self):
        result = self.run_in_etc("--redis", self.url(11), "--redis-timeout", "1s", *SEM, "echo", "ran")
        self.assertEqual((result.code, result.out), (69, ""), result)
        self.assertLess(result.seconds, 6)  # all eleven: 8 s or more

    def test_a_signal_ends_the_wait_before_all_have_been_asked(self):
        with self.start_in_etc("--redis", self.url(11), "--redis-timeout", "1m", *SEM, "echo", "ran") as running:
            self.assertTrue(self.names.asked.wait(30))
            running.signal(signal.SIGTERM)
            result = running.wait()
        self.assertEqual((result.code, result.out), (-signal.SIGTERM, ""), result)
        self.assertLess(result.seconds, 6)

    def test_some_before_the_good_one_cost_a_fresh_limiter_no_settling_time(self):
        with Server() as server:
            url = self.url(2, f"127.0.0.1:{server.port}")
            result = self.run_in_etc("--redis", url, "--redis-timeout", "20s", *SEM, "echo", "ran")
        self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""), result)
        self.assertLess(result.seconds, 10)  # a third of the expiry and 2 s: 12 s


if __name__ == "__main__":
    unittest.main()
