"""What may happen to a connection or to the script cache at any time changes nothing for callers."""

import random
import threading
import unittest

from faults.callers import PATIENCE, FaultTest
from support.proxy import Proxy
from support.wait import eventually


class AnyTime(FaultTest):
    def work_through(self, disturb):
        """Ten callers on two slots, with commands that end at once, while `disturb` is done over and over."""
        stop = threading.Event()
        log = self.stage.witness

        def trouble():
            with self.server.client() as client:
                while not stop.is_set():
                    disturb(client)
                    stop.wait(random.uniform(0.001, 0.02))
        thread = threading.Thread(target=trouble)
        thread.start()
        try:
            command = ["sh", "-c", 'echo "start $1" >>"$2"; sleep 0.05; echo "end $1" >>"$2"; exit 3', "job"]
            callers = [self.caller(f"job-{i}", "--redis-timeout", "2m", capacity=2, command=[*command, f"job-{i}", log])
                       for i in range(10)]
            for caller in callers:
                self.assertEndedAs(caller.running.wait(PATIENCE), 3)
        finally:
            stop.set()
            thread.join()
        self.assertEqual(sorted(self.stage.started()), sorted(f"job-{i}" for i in range(10)), "a command ran twice")
        self.assertLessEqual(self.stage.most_at_once(), 2)
        self.assertFree()
        self.assertAllKeysExpire()

    def test_the_script_cache_is_flushed(self):
        self.work_through(lambda client: client.call("SCRIPT", "FLUSH"))

    def test_all_connections_are_closed_by_the_server(self):
        self.work_through(lambda client: client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))

    def test_blocked_clients_are_unblocked_with_an_error(self):
        def unblock(client):
            for line in client.call("CLIENT", "LIST").splitlines():
                client.call("CLIENT", "UNBLOCK", line.split()[0].removeprefix("id="), "ERROR")
        self.work_through(unblock)

    def test_a_waiter_whose_connection_broke_asks_before_it_blocks_again(self):
        # It may have been forgotten meanwhile, and the others come back too.
        proxy = self.enterContext(Proxy(self.server.url))
        self.holder("holder", expiry="1m")
        waiter = self.waiter("waiter", expiry="1m", redis=proxy.url)
        eventually(lambda: "blocked_clients:1" in self.server.call("INFO", "clients"), PATIENCE)
        with self.server.monitor() as monitor:
            proxy.reset()
            def commands():
                return [words[0] for words in monitor.commands() if words[0] in ("BLPOP", "EVALSHA")]
            self.assertEqual(eventually(commands, PATIENCE)[0], "EVALSHA")
        self.assertTrue(waiter.running.running())

    def test_a_renewal_and_a_release_of_unknown_scripts_are_sent_in_full(self):
        holder = self.holder("holder", expiry="1s")
        id = self.id_of(holder)
        self.wait_for_script("semaphore/renew")
        self.server.call("SCRIPT", "FLUSH")
        self.wait_for_script("semaphore/renew")
        self.assertEqual(self.live_holders(), {id})
        self.server.call("SCRIPT", "FLUSH")
        result = holder.finish(5)
        self.assertEqual((result.code, result.err), (5, ""))
        self.assertFree()

    def test_no_script_is_ever_loaded_by_us(self):
        with self.server.monitor() as monitor:
            holder = self.holder("holder", expiry="1s")
            self.wait_for_script("semaphore/renew")
            self.assertEndedAs(holder.finish(), 0)
            sent = {words[0].upper() for words in monitor.commands() if words[0].upper() not in ("INFO", "ZRANGE", "HGETALL")}
        self.assertLessEqual(sent - {"SCRIPT"}, {"EVALSHA", "EVAL"})


class SlowNetwork(FaultTest):
    def test_with_20_ms_there_and_back_leases_queue_and_order_are_the_same(self):
        proxy = self.enterContext(Proxy(self.server.url))
        proxy.latency(10)
        callers = [self.holder(f"holder-{i}", capacity=2, expiry="1s", redis=proxy.url) for i in range(2)]
        callers += [self.waiter(f"waiter-{i}", capacity=2, expiry="1s", redis=proxy.url) for i in range(3)]
        self.wait_for_script("semaphore/renew")
        ids = self.holders()
        before = {id: self.server.call("ZSCORE", "limiters:2:sem:{t}:holders", id) for id in ids}
        eventually(lambda: all(self.server.call("ZSCORE", "limiters:2:sem:{t}:holders", id) != before[id] for id in ids))
        for caller in callers:
            result = caller.wait_for_start().finish(5)
            self.assertEqual((result.code, result.err), (5, ""))
        self.assertEqual(self.stage.started(), [caller.tag for caller in callers])
        self.assertLessEqual(self.stage.most_at_once(), 2)
        self.assertFree()


if __name__ == "__main__":
    unittest.main()
