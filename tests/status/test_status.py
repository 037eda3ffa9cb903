"""limiters status for people: which limiters there are, who holds them, and how full the buckets are."""

import re
import unittest


from status.case import StatusTest
from support.machine import TOOL, Machine
from support.server import free_port
from support.tool import limiters


class Rows(StatusTest):
    def test_a_semaphore_with_its_holders(self):
        first = self.holder("--capacity", "3", "--weight", "2")
        self.holder("--capacity", "3")
        self.waiter("--capacity", "3")
        head, *holders, waiter = self.lines(self.name)
        self.assertRegex(head, rf"\Asem  {self.name}  \[##########\]  3/3  1 waiting\Z")
        self.assertEqual(len(holders), 2)
        id = next(id for id in self.holders() if self.record(id)[9] == str(first.pid))
        host = self.record(id)[8]
        self.assertRegex(holders[0], rf"\A  {id[:12]}  {re.escape(host)}  {first.pid} +sh  since \d\S* +expires in \d+s  weight 2\Z")
        self.assertNotIn("weight", holders[1])

    def test_holders_of_slots_with_names(self):
        self.named_holder("--weight", "2")
        self.named_holder()
        [_, first, second] = self.lines(self.name)
        self.assertRegex(first, r"  slots gpu0,gpu1\Z")
        self.assertRegex(second, r"  slot gpu2\Z")

    def test_thousands_of_slots_with_names(self):
        self.named_holder()
        others = "".join(f"{i:032x} n{i};" for i in range(10_000))
        self.server.call("HSET", self.key, "slots", self.server.call("HGET", self.key, "slots") + others)
        self.assertRegex(self.lines(self.name)[1], r"  slot gpu0\Z")

    def test_a_semaphore_that_nobody_holds(self):
        self.sem("--capacity", "4")
        self.assertEqual(self.lines(self.name), [f"sem  {self.name}  [..........]  0/4"])

    def test_a_slot_that_is_held_by_its_min_hold_alone(self):
        self.sem("--min-hold", "1h")
        self.assertRegex(self.lines(self.name)[1], r"held (1h00m|59m5\ds) more\Z")

    def test_a_bucket(self):
        self.bucket("--rate", "10/10h", "--capacity", "10")
        self.assertRegex("\n".join(self.lines(self.name)),
                         rf"\Abucket  {self.name}  \[#\.{{9}}\]  9/10 left  1 every 1h, next refill in (1h00m|59m59s)\Z")

    def test_a_bucket_with_promises(self):
        self.tokens(4)
        self.assertRegex("\n".join(self.lines(self.name)),
                         rf"\Abucket  {self.name}  \[#+\]  -3/1 left  1 every 1h, next token in (4h00m|3h59m)\Z")

    def test_a_bar_is_full_only_when_all_is_in_use_and_empty_only_when_nothing_is(self):
        for used, bar in ((1, "[#.........]"), (59, "[######....]"), (99, "[#########.]"), (100, "[##########]")):
            name = f"{self.name}-{used}"
            self.sem("--min-hold", "1h", "--capacity", "100", "--weight", str(used), "--name", name)
            self.assertIn(bar, self.lines(name)[0])

    def test_numbers_in_names_are_sorted_as_numbers(self):
        for number in ("10", "9", "2"):
            self.sem("--name", f"job-{number}")
        self.assertEqual([line.split()[1] for line in self.lines("job-*")], ["job-2", "job-9", "job-10"])

    def test_only_those_in_use_are_shown_as_active(self):
        idle, held, empty = f"{self.name}-idle", f"{self.name}-held", f"{self.name}-empty"
        self.sem("--name", idle)
        self.holder("--name", held)
        self.bucket("--name", empty)
        self.bucket("--name", idle, "--rate", "1000/s")
        names = [line.split()[1] for line in self.lines("--active", f"{self.name}-*") if line[0] != " "]
        self.assertEqual(names, [empty, held])
        self.assertEqual({name for _, name in self.report("--active", f"{self.name}-*")}, {empty, held})

    def test_all_are_shown_by_name(self):
        for name in ("c", "a", "b"):
            self.sem("--name", f"{self.name}-{name}")
        self.bucket("--name", f"{self.name}-b")
        rows = [line.split()[:2] for line in self.lines(f"{self.name}-?")]
        self.assertEqual(rows, [["sem", f"{self.name}-a"], ["sem", f"{self.name}-b"], ["bucket", f"{self.name}-b"],
                                ["sem", f"{self.name}-c"]])

    def test_every_one_of_many_holders_is_shown(self):
        holders = [self.holder("--capacity", "12") for _ in range(12)]
        pids = [int(line.split()[2]) for line in self.lines(self.name)[1:]]
        self.assertEqual(pids, [holder.pid for holder in holders], "the longest first")

    def test_waiters_stand_below_in_their_order_with_place_time_and_label(self):
        self.holder()
        pids = [self.waiter("--label", f"job {i}").pid for i in range(3)]
        rows = self.lines(self.name)[2:]
        for i, (row, pid) in enumerate(zip(rows, pids, strict=True)):
            self.assertRegex(row, rf" {pid} +sh +waits \d\S* +place {i + 1}  +job {i}\Z")

    def test_waiters_and_counters_are_left_out_where_no_name_is_given(self):
        self.holder()
        self.waiter()
        self.assertNotIn("place", "\n".join(self.all_lines()))
        self.assertNotIn("so far", "\n".join(self.all_lines()))

    def test_the_first_20_of_each_are_shown_and_the_others_counted_unless_all_are_wanted(self):
        self.crowd(23, 25)
        shown = self.lines(self.name)
        self.assertEqual((len([r for r in shown if "expires" in r]), len([r for r in shown if " place " in r])), (20, 20))
        self.assertIn("  and 3 holders more: see --all", shown)
        self.assertIn("  and 5 waiters more: see --all", shown)
        every = self.lines(self.name, "--all")
        self.assertEqual((len([r for r in every if "expires" in r]), len([r for r in every if " place " in r])), (23, 25))

    def test_the_counters_of_one_limiter(self):
        for _ in range(3):
            self.sem("--capacity", "2", "--weight", "2")
        self.holder("--capacity", "2", "--weight", "2")
        self.sem("-n", "--capacity", "2")
        self.assertRegex(self.counters(), r"\A4 granted, held \d+ms in the mean, 1 refused\Z")
        self.tokens(3)
        self.assertRegex(self.all_lines(self.name)[-1], r"\A  so far: 3 tokens granted, waited for 3h00m in all\Z")

    def test_nothing_is_cut_where_there_is_no_terminal(self):
        name = self.name + "-" + "x" * 120
        self.sem("--name", name)
        self.assertIn(name, self.lines(f"{self.name}-*")[0])


class Patterns(StatusTest):
    def names(self, *words, **more):
        return sorted(name for _, name in self.report(*words, **more))

    def test_mean_what_they_mean_to_a_shell(self):
        for name in ("api-1", "api-2", "api-10", "web", "a*i"):
            self.sem("--name", name)
        for pattern, found in (("api-?", ["api-1", "api-2"]), ("api-*", ["api-1", "api-10", "api-2"]), ("api-[!2]", ["api-1"]),
                               ("[a-v]*", ["a*i", "api-1", "api-10", "api-2"]), ("web", ["web"]), ("we", []), (r"a\*i", ["a*i"]),
                               ("a[*]i", ["a*i"])):
            with self.subTest(pattern=pattern):
                self.assertEqual(self.names(pattern), found)

    def test_a_name_of_any_bytes_is_found(self):
        self.sem("--name", "\udcff\udcfe")
        self.assertEqual(len(self.report("\udcff*")), 1)

    def test_a_key_prefix_stands_for_itself(self):
        for prefix in ("p*q", "pxq", "[pxq]", r"p\q"):
            limiters("--key-prefix", prefix, "sem", "run", "--name", prefix + "'s", "-j", "1", "--", "true", redis=self.redis)
        for prefix in ("p*q", "[pxq]", r"p\q"):
            self.assertEqual(self.names("--key-prefix", prefix), [prefix + "'s"])

    def test_keys_of_others_are_not_shown(self):
        for key in ("limiters:2:sem:{a}b}", "limiters:2:semaphore:{a}", "limiters:9:sem:{a}", "limiters:2:sem:{}",
                    "xlimiters:2:sem:{a}", "limiters:2:bucket:{a}:{b}", "limiters:2:sem:{a\n}"):
            self.server.call("HSET", key, "x", "y")
        self.assertEqual(self.names("a*"), [])

    def test_ten_thousand_foreign_keys_cost_ten_rounds(self):
        with self.server.client() as client:
            for i in range(10_000):
                client.send("SET", f"foreign:{i}", "x")
            for i in range(10_000):
                client.read()
        self.sem()
        with self.server.monitor() as monitor:
            self.mine()
            words = [command[0].upper() for command in monitor.commands()]
        self.assertLessEqual(words.count("SCAN"), 20)
        self.assertNotIn("KEYS", words)


class Nothing(StatusTest):
    def test_is_told_and_is_no_failure(self):
        for words, text in (((), "no limiters yet"), (("no-such",), "no limiter matches 'no-such'"),
                            (("--active",), "no limiter is active"),
                            (("--active", "x*"), "no active limiter matches 'x*'")):
            result = self.status(*words)
            self.assertEndedAs(result, 0)
            self.assertEqual(result.err, f"limiters: {self.redis}: {text}\n")
            self.assertSilent(self.status("-q", *words))
        self.assertEqual(self.server.call("DBSIZE"), 0)

    def test_is_an_empty_list_for_machines(self):
        self.assertEqual(self.report("no-such-limiter"), {})

    def test_the_local_server_is_not_started_to_be_looked_at(self):
        machine = Machine.make()
        if machine is None:
            self.skipTest("no namespaces here")
        self.addCleanup(machine.close)
        self.assertEndedAs(machine.run(TOOL, "status"), 0)
        self.assertSilent(machine.run(TOOL, "reset", "sem", "x", "--yes"))
        self.assertIn("no local server runs", machine.run(TOOL, "status", "-v").err)
        self.assertEqual(machine.servers(), [])
        self.assertFalse(machine.path("/run/limiters").exists())
        machine.sem("-q")
        self.assertIn("sem  x", machine.run(TOOL, "status").out)


class Faults(StatusTest):
    def test_a_user_without_the_right_to_write_can_look(self):
        self.server.call("ACL", "SETUSER", "looker", "on", "nopass", "~limiters:*", "+@read", "+eval", "+evalsha", "+time")
        self.sem()
        self.tokens(2)
        self.assertEqual(set(self.report(self.name, redis=f"redis://looker:x@127.0.0.1:{self.server.port}")),
                         {("sem", self.name), ("bucket", self.name)})

    def test_a_missing_right_is_77(self):
        self.server.call("ACL", "SETUSER", "blind", "on", "nopass", "~*", "+@all", "-scan")
        self.assertRefused(self.status(redis=f"redis://blind:x@127.0.0.1:{self.server.port}"), 77, "NOPERM", "scan")

    def test_a_key_of_another_type_hides_only_itself(self):
        good, bad = f"{self.name}-good", f"{self.name}-bad"
        self.sem("--name", good)
        for key in (f"limiters:2:sem:{{{bad}}}", f"limiters:2:bucket:{{{bad}}}"):
            self.server.call("SET", key, "x")
            self.addCleanup(self.server.call, "DEL", key)
        result = self.status(f"{self.name}-*")
        self.assertEqual((result.code, result.err), (70, ""))
        broken_bucket, broken_sem, *rest = sorted(line for line in result.out.splitlines() if "so far" not in line)
        self.assertEqual([line.split() for line in rest], [["sem", good, "[..........]", "0/1"]])
        self.assertRegex(broken_bucket, rf"\Abucket  {bad}  .*limiters:2:bucket:{{{bad}}}")
        self.assertRegex(broken_sem, rf"\Asem +{bad}  .*limiters:2:sem:{{{bad}}}")
        for words in (["--json"], ["--metrics"]):
            result = self.status(f"{self.name}-*", *words)
            self.assertEqual((result.code, len(result.err.splitlines())), (70, 2))
            self.assertIn(good, result.out)

    def test_a_server_that_is_away_is_69_and_no_empty_report(self):
        for words in ((), ("--json",)):
            result = self.status("--redis-timeout", "200ms", *words, redis=f"redis://127.0.0.1:{free_port()}")
            self.assertRefused(result, 69, "status", "cannot reach")

    def test_a_full_disk_is_71(self):
        self.sem()
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.status(stdout=full).code, 71)

    def test_a_command_after_dashes_is_64(self):
        self.assertRefused(self.status("--", "true"), 64, "nothing is run here")


class Escaped(StatusTest):
    def test_a_command_that_would_steer_the_terminal(self):
        command = self.folder / "x\x1b[31m\u202e\x9b\udcff"
        command.symlink_to("/bin/true")
        self.sem("--min-hold", "1h", command=[command])
        [line] = self.lines(self.name)[1:]
        self.assertIn(r"x\x1b[31m\xe2\x80\xae\xc2\x9b\xff", line)

    def test_a_name_that_is_no_utf_8(self):
        self.sem("--name", self.name + "\udcc3(\udce2\udc82")
        self.assertIn(self.name + r"\xc3(\xe2\x82", self.lines(self.name + "*")[0])

    def test_a_name_in_another_script_is_left_as_it_is_and_takes_its_columns(self):
        for name in ("é", "日本", "abcd"):
            self.sem("--name", f"{self.name}-{name}")
        lines = self.lines(f"{self.name}-*")
        self.assertEqual([line.partition("[")[0].removeprefix(f"sem  {self.name}-") for line in lines],
                         ["abcd  ", "é     ", "日本  "])


if __name__ == "__main__":
    unittest.main()
