"""limiters status --json for machines."""

import re
import threading
import unittest

from cli.case import PATIENCE
from status.case import SCHEMA, StatusTest, parsed
from support.tool import ROOT, limiters
from support.wait import eventually


class Json(StatusTest):
    def test_a_semaphore(self):
        holder = self.holder("--capacity", "3", "--weight", "2", "--expiry", "1m")
        waiter = self.waiter("--capacity", "3", "--weight", "2")
        row = self.mine()
        self.assertEqual({key: row[key] for key in ("capacity", "used", "waiters", "settling_us")},
                         {"capacity": 3, "used": 2, "waiters": 1, "settling_us": 0})
        [held] = row["holders"]
        self.assertEqual((held["pid"], held["command"], held["weight"], held["released"]), (holder.pid, "sh", 2, False))
        self.assertEqual([held["id"]], self.holders())
        self.assertEqual(held["host"], self.record(held["id"])[8])
        self.assertTrue(40_000_000 < held["expires_in_us"] <= 60_000_000)
        self.assertTrue(waiter.running.running())

    def test_the_names_of_the_slots_that_a_holder_has(self):
        self.named_holder("--weight", "2")
        self.assertEqual([row["slots"] for row in self.mine()["holders"]], [["gpu0", "gpu1"]])

    def test_the_lease_is_the_one_that_the_command_sees(self):
        gate = self.start(*self.sem_words(command=["sh", "-c", 'echo "lease=$LIMITERS_LEASE"; exec sleep 1000']))
        lease = gate.wait_for_out("lease=", PATIENCE).strip().partition("=")[2]
        self.assertEqual(self.mine()["holders"][0]["lease"], lease)

    def test_waiters_in_their_order(self):
        self.holder()
        pids = [self.waiter("--label", f"job {i}").pid for i in range(3)]
        rows = self.mine()["waiting"]
        self.assertEqual([(row["place"], row["pid"], row["label"]) for row in rows],
                         [(i + 1, pid, f"job {i}") for i, pid in enumerate(pids)])
        self.assertEqual([row["id"] for row in rows], self.waiters())
        self.assertTrue(all(row["waited_us"] > 0 for row in rows))

    def test_all_of_a_crowd(self):
        self.crowd(490, 30)
        row = self.mine()
        self.assertEqual((len(row["holders"]), len(row["waiting"])), (490, 30))
        self.assertEqual([waiter["place"] for waiter in row["waiting"]], list(range(1, 31)))

    def test_the_counters(self):
        self.sem()
        self.holder()
        self.sem("-n")
        counters = self.mine()["counters"]
        self.assertEqual({name: counters[name] for name in ("granted", "refused", "waits", "expired", "lost")},
                         {"granted": 2, "refused": 1, "waits": 0, "expired": 0, "lost": 0})
        self.assertGreater(counters["held_us"], 0)

    def test_a_bucket(self):
        self.tokens(3)
        row = self.report()["bucket", self.name]
        self.assertEqual(row["counters"]["granted_tokens"], 3)
        self.assertGreater(row["counters"]["waited_us"], 10_000_000_000)
        self.assertEqual((row["tokens"], row["capacity"], row["refill_amount"], row["refill_every_us"]), (-2, 1, 1, 3_600_000_000))
        self.assertTrue(3_000_000_000 < row["next_refill_us"] <= 3_600_000_000)
        self.assertTrue(10_000_000_000 < row["next_token_us"] <= 10_800_000_000)

    def test_a_holder_that_does_not_say_who_it_is(self):
        self.holder()
        [id] = self.holders()
        self.server.call("HSET", self.key, id, " ".join([*self.record(id)[:8], ""]))
        [held] = self.mine()["holders"]
        self.assertEqual((held["host"], held["pid"], held["command"]), (None, None, None))

    def test_bytes_that_are_no_utf_8_are_replaced(self):
        self.sem("--name", self.name + "\udcff")
        self.assertIn(("sem", self.name + "\ufffd"), self.report())

    def test_the_manual_tells_every_name_of_the_schema(self):
        page = (ROOT / "man" / "limiters.1").read_text()
        told = set(re.findall(r"[a-z_]+", page.partition("JSON of limiters status")[2].partition(".Ed")[0]))
        self.assertEqual({name for kind in (SCHEMA, *SCHEMA["$defs"].values()) for name in kind["properties"]} - told, set())

    def test_it_is_one_line(self):
        self.sem()
        result = self.status("--json")
        self.assertEqual(result.out.count("\n"), 1)
        self.assertTrue(result.out.endswith("\n"))

    def test_every_report_keeps_to_the_schema_while_callers_come_and_go(self):
        over = threading.Event()

        def come_and_go(*words):
            while not over.is_set():
                limiters(*words, redis=self.redis, timeout=PATIENCE)

        sem = ["sem", "run", "--name", self.name, "-j", "4", "--weight"]
        callers = [threading.Thread(target=come_and_go, args=(*sem, str(1 + i % 3), "--", "sleep", "0.0" + str(i % 5)))
                   for i in range(20)]
        callers += [threading.Thread(target=come_and_go, args=("bucket", "run", "--name", self.name, "--rate", "50/1s", "--", "true"))
                    for _ in range(5)]
        for caller in callers:
            caller.start()
        try:
            seen = [self.look() for _ in range(60)]
            eventually(lambda: seen.append(self.look()) or {("held", "queued", "bucket")} & set(seen), PATIENCE, "a full report")
        finally:
            over.set()
            for caller in callers:
                caller.join()

    def look(self):
        result = self.status("--json")
        self.assertEqual((result.code, result.err), (0, ""))
        rows = {row["kind"]: row for row in parsed(result.out)["limiters"]}
        sem = rows.get("sem", {"holders": [], "waiters": 0, "used": 0, "capacity": 0})
        self.assertEqual(sum(holder["weight"] for holder in sem["holders"]), sem["used"])
        self.assertLessEqual(sem["used"], sem["capacity"])
        return sem["holders"] and "held", sem["waiters"] and "queued", "bucket" in rows and "bucket"


if __name__ == "__main__":
    unittest.main()
