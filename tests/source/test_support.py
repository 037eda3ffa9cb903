"""The tests' own tools: a fault that does not happen, or a server that is not there, must not pass for a result."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from support.proxy import Proxy
from support.resp import Client, RedisError, encode
from support.server import Server
from support.tool import Running, environment
from support.tree import ROOT
from support.wait import eventually

RUNNER = ROOT / "tests/support/runner.py"


class Wait(unittest.TestCase):
    def test_eventually_returns_what_the_condition_returned(self):
        answers = iter([None, 0, "yes"])
        self.assertEqual(eventually(lambda: next(answers)), "yes")

    def test_eventually_fails_with_the_last_thing_it_saw(self):
        def refused():
            raise ConnectionRefusedError("nobody there")
        with self.assertRaisesRegex(AssertionError, "refused.*nobody there"):
            eventually(refused, timeout=0.02)


class ServerAndClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def test_both_addresses_reach_the_same_data(self):
        with Client(self.server.url) as tcp, Client(self.server.unix_url) as unix:
            tcp.call("SET", "a", "ü%s\x00")
            self.assertEqual(unix.call("GET", "a"), "ü%s\x00")

    def test_every_kind_of_reply_is_understood(self):
        with self.server.client() as client:
            self.assertEqual(client.call("EVAL", "return {1,'a',false,{}}", 0), [1, "a", None, []])
            with self.assertRaisesRegex(RedisError, "^ERR unknown command"):
                client.call("NONSENSE")

    def test_the_clock_moves_both_ways_while_it_runs(self):
        for offset in (3600, -3600, 0):
            self.server.clock_offset(offset)
            seconds, micros = self.server.call("TIME")
            self.assertAlmostEqual(int(seconds) + int(micros) / 1e6, time.time() + offset, delta=5)

    def test_the_clock_stands_still_until_it_is_set_to_run_again(self):
        for frozen in (1_900_000_000_123_456, 1_900_000_000_123_457):
            self.server.freeze_clock(frozen)
            for _ in range(2):
                self.assertEqual(self.server.call("TIME"), [str(frozen // 10**6), str(frozen % 10**6)])
        self.server.clock_offset(0)
        self.assertAlmostEqual(int(self.server.call("TIME")[0]), time.time(), delta=5)

    def test_a_monitor_sees_what_clients_sent_and_not_what_scripts_did(self):
        with self.server.monitor() as monitor, self.server.client() as client:
            client.call("EVAL", "return redis.call('GET', KEYS[1])", 1, "k")
            self.assertEqual([c[0] for c in monitor.commands()], ["EVAL"])
            client.call("PING")
            self.assertEqual([c[0] for c in monitor.commands()], ["EVAL", "PING"])


class ServerLife(unittest.TestCase):
    def test_a_restart_keeps_what_was_saved_or_nothing(self):
        with Server() as server:
            server.call("SET", "a", 1)
            server.save()
            server.kill()
            with self.assertRaises(OSError):
                server.call("PING")
            server.start()
            self.assertEqual(server.call("GET", "a"), "1")
            server.stop()
            server.start(empty=True)
            self.assertIsNone(server.call("GET", "a"))

    def test_a_paused_server_accepts_but_does_not_answer(self):
        with Server() as server:
            server.pause()
            with Client(server.url, timeout=0.1) as client:
                with self.assertRaises(TimeoutError):
                    client.call("PING")
                server.resume()
                self.assertEqual(client.read(), "PONG")

    def test_a_password_is_asked_for(self):
        with Server({"requirepass": "secret"}) as server:
            self.assertEqual(server.call("PING"), "PONG")
            with Client(server.url) as client, self.assertRaisesRegex(RedisError, "^NOAUTH"):
                client.call("PING")

    def test_the_server_dies_with_the_test_process(self):
        code = "from support.server import Server; s = Server(); print(s.pid, s.folder, flush=True); input()"
        env = os.environ | {"PYTHONPATH": str(pathlib.Path(__file__).parents[1])}
        test = subprocess.Popen([sys.executable, "-c", code], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with test:
            pid, folder = test.stdout.readline().split()
            self.addCleanup(subprocess.run, ["rm", "-r", folder])
            test.kill()
        eventually(lambda: not os.path.exists(f"/proc/{pid}/exe"), what="the end of the server")


class FaultyNetwork(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def setUp(self):
        self.proxy = self.enterContext(Proxy(self.server.url))
        self.client = self.enterContext(Client(self.proxy.url, timeout=0.3))
        self.client.call("SET", "n", 0)

    def test_it_forwards_over_a_unix_socket_too(self):
        with Proxy(self.server.unix_url, unix=True) as proxy, Client(proxy.url) as client:
            self.assertEqual(client.call("PING"), "PONG")
            self.assertEqual((proxy.connections, proxy.bytes_up, proxy.bytes_down), (1, len(encode(["PING"])), 7))

    def test_latency_delays_each_direction(self):
        self.proxy.latency(50)
        before = time.monotonic()
        self.client.call("PING")
        self.assertGreaterEqual(time.monotonic() - before, 0.1)

    def test_a_black_hole_takes_nothing_and_gives_nothing_until_healed(self):
        self.proxy.blackhole()
        with self.assertRaises(TimeoutError):
            self.client.call("INCR", "n")
        self.assertEqual(self.server.call("GET", "n"), "0")
        self.proxy.heal()
        eventually(lambda: self.server.call("GET", "n") == "1")

    def test_lost_replies_belong_to_requests_that_took_effect(self):
        self.proxy.blackhole_replies()
        with self.assertRaises(TimeoutError):
            self.client.call("INCR", "n")
        self.assertEqual(self.server.call("GET", "n"), "1")

    def test_reset_and_close_end_connections(self):
        self.proxy.reset()
        with self.assertRaises(ConnectionResetError):
            self.client.call("PING")
        with Client(self.proxy.url) as client:
            client.call("PING")
            self.proxy.close_all()
            with self.assertRaisesRegex(ConnectionError, "closed"):
                client.call("PING")
                client.call("PING")
        self.proxy.wait_for(lambda p: p.open_connections() == 0)

    def test_behind_a_half_closed_connection_requests_take_effect_and_nothing_is_answered(self):
        self.proxy.half_close()
        with self.assertRaisesRegex(ConnectionError, "closed"):
            self.client.call("INCR", "n")
        eventually(lambda: self.server.call("GET", "n") == "1")

    def test_refused_connections_leave_the_others_alone(self):
        self.proxy.refuse()
        with self.assertRaises(ConnectionError), Client(self.proxy.url) as refused:
            refused.call("PING")
        self.assertEqual(self.client.call("PING"), "PONG")
        self.proxy.accept()
        with Client(self.proxy.url) as client:
            self.assertEqual(client.call("PING"), "PONG")

    def test_a_cut_reply_ends_in_the_middle(self):
        self.proxy.cut_reply(3)
        self.client.send("PING")
        self.assertEqual(self.client._socket.recv(10), b"+PO")
        with self.assertRaises(ConnectionResetError):
            self.client._socket.recv(10)


class Runner(unittest.TestCase):
    def run_test(self, *lines, before=()):
        """What the runner prints of a test with these lines."""
        with tempfile.NamedTemporaryFile("w", suffix=".py") as test:
            test.write("import os, signal, unittest\n"
                       "class Test(unittest.TestCase):\n"
                       "    def test_it(self):\n" + "".join(f"        {line}\n" for line in lines))
            test.flush()
            return subprocess.run([*before, sys.executable, RUNNER, test.name], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.splitlines()

    def test_a_run_in_the_background_ignores_no_signal(self):
        lines = self.run_test("for number in (signal.SIGINT, signal.SIGQUIT):",
                              "    self.assertNotEqual(signal.getsignal(number), signal.SIG_IGN)",
                              before=["sh", "-c", "trap '' INT QUIT; exec \"$@\"", "sh"])
        self.assertEqual(lines[-1], "1 passed, 0 failed", lines)

    def test_a_long_failure_is_cut_in_the_middle_and_its_notes_are_told(self):
        lines = self.run_test("e = AssertionError('line\\n' * 200)", "e.add_note('seed 5')", "raise e")
        self.assertEqual(lines[-1], "0 passed, 1 failed", lines)
        self.assertLess(len(lines), 110)
        self.assertEqual([line.strip() for line in lines if line.strip() not in ("line", "")][-3:-1], ["…", "seed 5"])


class Programs(unittest.TestCase):
    def run_shell(self, code, **options):
        return self.enterContext(Running(["sh", "-c", code], env=environment(), **options))

    def test_output_input_and_code_are_those_of_the_program(self):
        result = self.run_shell("cat; echo oops >&2; exit 7", stdin="a\udcffb").wait()
        self.assertEqual((result.code, result.out, result.err), (7, "a\udcffb", "oops\n"))

    def test_output_can_be_read_while_it_runs(self):
        running = self.run_shell("echo ready; read line < fifo; echo more", cwd=self.fifo())
        self.assertEqual(running.wait_for_out("ready"), "ready\n")
        self.assertTrue(running.running())
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait().code, -signal.SIGTERM)

    def test_a_program_that_does_not_end_is_a_failure_and_is_killed(self):
        running = self.run_shell("echo started; cat fifo", cwd=self.fifo())
        running.wait_for_out("started")
        eventually(running.children)
        with self.assertRaisesRegex(AssertionError, "not done after"):
            running.wait(timeout=0.05)
        self.assertFalse(running.running())

    def test_the_environment_holds_nothing_of_ours(self):
        self.assertEqual(set(environment({"A": "b", "HOME": None})), {"PATH", "A"})

    def fifo(self):
        """A folder with a pipe that never gets a writer: reading it waits for ever."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        os.mkfifo(os.path.join(folder, "fifo"))
        return folder


if __name__ == "__main__":
    unittest.main()
