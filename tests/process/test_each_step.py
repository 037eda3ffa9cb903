"""A signal at each step of a run: no command is left behind, the slot comes free, the queue moves on."""

import signal
import unittest

from cli.case import PATIENCE
from process.case import ProcessTest, alive, pending
from support.proxy import Proxy
from support.wait import eventually

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)


class EachStep(ProcessTest):
    def setUp(self):
        super().setUp()
        self.sem()  # the server knows the scripts: a question is one message

    def each(self):
        """Each signal, with a proxy of its own."""
        for number in SIGNALS:
            with self.subTest(number=number), Proxy(self.server.url) as proxy:
                yield number, proxy

    def assertServesTheNext(self):
        """Not in vain, and not later than one expiry: a lease of a killed one may have to end first."""
        for end in self.ends():
            self.assertLessEqual(end, self.server_now() + 1_000_000)
        self.assertSilent(self.sem("--expiry", "1s"))
        self.assertEveryKeyExpires()

    def ends(self):
        return [int(end) for end in self.server.call("ZRANGE", f"{self.key}:holders", 0, -1, "WITHSCORES")[1::2]]

    def test_connecting(self):
        for number, proxy in self.each():
            proxy.blackhole()
            running = self.start(*self.sem_words("--expiry", "1s", command=["echo", "ran"]), redis=proxy.url)
            proxy.wait_for(lambda p: p.connections, PATIENCE)
            running.signal(number)
            self.assertEqual((running.wait(PATIENCE).code, running.out()), (-number, ""))
            self.assertServesTheNext()

    def test_queued(self):
        for number, proxy in self.each():
            holder = self.holder("--expiry", "1s")
            waiter = self.waiter("--expiry", "1s", redis=proxy.url)
            behind = self.waiter("--expiry", "1s")
            waiter.running.signal(number)
            self.assertEqual(waiter.running.wait(PATIENCE).code, -number)
            self.assertFalse(waiter.started())
            self.assertEqual(holder.finish().code, 0)
            behind.wait_for_start()
            self.assertEqual(behind.finish().code, 0)
            self.assertServesTheNext()

    def test_between_the_grant_and_its_arrival(self):
        for number, _ in self.each():
            running, limiters = self.held()
            limiters.go_to("recvfrom")
            eventually(self.holders, PATIENCE, "the grant")
            running.signal(number)
            if number != signal.SIGKILL:
                self.assertEqual(limiters.go_to("clone", "sendto"), "sendto", "it starts a command")
                limiters.let_go()
            self.assertNeverStarted(running, number)

    def test_between_its_last_look_and_fork(self):
        for number, _ in self.each():
            running, limiters = self.held(["sleep", "1000"])
            limiters.go_to("clone")
            running.signal(number)
            if number != signal.SIGKILL:
                limiters.let_go()
            self.assertEqual(running.wait(PATIENCE).code, -number)
            self.assertServesTheNext()

    def test_between_fork_and_the_first_act_of_the_child(self):
        for number, _ in self.each():
            running, limiters = self.held()
            command = limiters.go_to_fork()
            self.signal_past(command, running, limiters, number)
            self.assertNeverStarted(running, number, command.pid)

    def test_between_fork_and_exec(self):
        for number, _ in self.each():
            running, limiters = self.held()
            command = limiters.go_to_fork()
            command.go_to("execve")
            self.signal_past(command, running, limiters, number)
            self.assertNeverStarted(running, number, command.pid)

    def held(self, command=("echo", "started")):
        return self.held_sem("--expiry", "1s", command=command)

    def signal_past(self, command, running, limiters, number):
        """The child goes on only when limiters has done what it does about the signal."""
        running.signal(number)
        if number == signal.SIGKILL:
            eventually(lambda: not alive(limiters.pid), PATIENCE, "the end of limiters")
        else:
            limiters.let_go()
            eventually(lambda: pending(command.pid, number), PATIENCE, "the signal to the child")
        command.let_go()

    def assertNeverStarted(self, running, number, *command):
        self.assertEqual(running.wait(PATIENCE).code, -number)
        eventually(lambda: not any(map(alive, command)), PATIENCE, "the end of the child")
        self.assertEqual(running.out(), "")  # now, since a child may start what it is to start after limiters has ended
        self.assertServesTheNext()

    def test_running(self):
        for number, proxy in self.each():
            holder = self.holder("--expiry", "1s", redis=proxy.url)
            [command] = holder.running.children()
            behind = self.waiter("--expiry", "1s")
            holder.running.signal(number)
            self.assertEqual(holder.running.wait(PATIENCE).code, -number)
            eventually(lambda: not alive(command), PATIENCE, "the end of the command")
            behind.wait_for_start()
            self.assertEqual(behind.finish().code, 0)
            self.assertServesTheNext()

    def test_releasing(self):
        for number, proxy in self.each():
            holder = self.holder("--redis-timeout", "50s", redis=proxy.url)
            [command], [id] = holder.running.children(), self.holders()
            behind = self.waiter()
            proxy.blackhole_replies()
            holder.open_gate(7)
            eventually(lambda: id not in self.holders(), PATIENCE, "the release")
            self.assertFalse(alive(command))
            holder.running.signal(number)
            self.assertEqual(holder.running.wait(PATIENCE).code, -number if number == signal.SIGKILL else 7)
            behind.wait_for_start()
            self.assertEqual(behind.finish().code, 0)
            self.assertServesTheNext()


if __name__ == "__main__":
    unittest.main()
