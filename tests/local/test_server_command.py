"""limiters server start, stop and status."""

import os
import re
import signal
import unittest

from local.case import OTHER, OTHERS_FOLDER, PATIENCE, SEM, LocalServerTest
from support.machine import TOOL
from support.wait import eventually

PLACE = "unix:///run/limiters/redis.sock"


class ServerCommand(LocalServerTest):
    def command(self, *words, **more):
        return self.machine.run(TOOL, "server", *words, **more)

    def test_start_starts_it_with_a_notice_and_is_silent_if_it_runs(self):
        self.assertStarts(self.command("start"))
        server = self.server()
        self.assertSilent(self.command("start"))
        self.assertSilent(self.machine.sem())
        self.assertEqual(self.server(), server)

    def test_fifty_starts_at_once_start_exactly_one(self):
        result = self.machine.run("sh", "-c", f"seq 50 | xargs -P 50 -I{{}} {TOOL} server start")
        self.assertStarts(result)
        self.server()

    def test_status_tells_that_it_does_not_run_and_starts_nothing(self):
        self.assertSilent(self.command("status"), 69, f"not running: {PLACE}\n")
        self.assertFalse(self.machine.path("/run/limiters").exists())

    def test_status_tells_version_pid_and_socket(self):
        self.command("start")
        result = self.command("status")
        self.assertEqual((result.code, result.err), (0, ""))
        info = dict(line.split(":", 1) for line in self.client().call("INFO", "server").splitlines() if ":" in line)
        kind = "valkey" if "valkey_version" in info else "redis"
        self.assertEqual(result.out, f"running: {PLACE}, {kind.title()} {info[f'{kind}_version']}, pid {info['process_id']}\n")

    def test_status_is_about_the_server_of_the_user_who_asks(self):
        self.need_root()
        self.command("start")
        self.assertSilent(self.command("status", uid=OTHER), 69, f"not running: unix://{OTHERS_FOLDER}/redis.sock\n")

    def test_stop_ends_it_and_leaves_no_socket(self):
        self.command("start")
        self.assertSilent(self.command("stop"))
        eventually(lambda: not self.machine.servers(), PATIENCE, "the end of the server")
        self.assertFalse(self.machine.path("/run/limiters/redis.sock").exists())
        self.assertEqual(self.command("status").code, 69)
        self.assertStarts(self.machine.sem())

    def test_stop_is_silent_if_it_does_not_run(self):
        self.assertSilent(self.command("stop"))
        self.assertFalse(self.machine.path("/run/limiters").exists())

    def test_stop_refuses_while_a_slot_is_held(self):
        self.gate()
        self.holder()
        self.assertRefused(self.command("stop"), 75, PLACE, "sem 'x'", "--force")
        self.server()

    def test_stop_refuses_whatever_the_key_prefix_of_the_holder(self):
        self.gate()
        self.holder("--key-prefix", "mine")
        self.assertRefused(self.command("stop"), 75, "sem 'x'")

    def test_stop_does_not_mind_what_nobody_holds_any_more(self):
        self.machine.sem()
        self.machine.run(TOOL, "bucket", "run", "--name", "x", "--rate", "1/1h", "--", "true")
        self.assertSilent(self.command("stop"))

    def test_stop_by_force_ends_no_command_and_admits_none_too_many(self):
        gate, holder = self.gate(), self.holder("--expiry", "3s")
        before = self.server()
        self.assertSilent(self.command("stop", "--force"))
        with self.machine.start(*SEM, "--expiry", "3s", "--", "echo", "ran") as newcomer:
            eventually(lambda: self.server() != before, PATIENCE, "the next server, which the holder or the newcomer starts")
            client = eventually(self.client, PATIENCE, "an answer of it")
            eventually(lambda: client.call("ZCARD", "limiters:2:sem:{x}:waiters") == 1 or not newcomer.running(), PATIENCE,
                       "the newcomer in the queue")
            self.assertEqual((holder.running(), newcomer.out()), (True, ""))
            os.write(gate, b"7\n")
            self.assertEqual(holder.wait(PATIENCE).code, 7)
            self.assertEqual(newcomer.wait(PATIENCE).out, "ran\n")

    def test_stop_and_status_of_a_server_that_hangs_end_with_the_timeout_and_tell_how_to_end_it(self):
        self.command("start")
        told = self.command("status").out
        os.kill(self.server(), signal.SIGSTOP)
        for words in (["stop"], ["stop", "--force"], ["status"]):
            result = self.command(*words, "--redis-timeout", "200ms")
            self.assertRefused(result, 69, PLACE)
            self.assertEqual(re.search(r"kill -9 (\d+)\n", result.err)[1], re.search(r"pid (\d+)\n", told)[1])

    def test_a_redis_that_is_named_changes_nothing(self):
        named = {"LIMITERS_REDIS": "unix:///run/nothing"}
        self.assertStarts(self.command("start", env=named))
        self.assertIn(PLACE, self.command("status", env=named).out)
        self.assertSilent(self.command("stop", env=named))


if __name__ == "__main__":
    unittest.main()
