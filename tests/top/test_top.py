"""limiters top: what stands on the screen of a real terminal, and what its keys do."""

import re
import time
import unittest

from cli.case import PATIENCE, CliTest
from support.cluster import Cluster
from support.screen import ScreenOf
from support.server import Server
from support.tool import BINARY, limiters
from support.wait import eventually

KEYS = "q ends"


class Top(CliTest):
    def setUp(self):
        super().setUp()
        self.prefix = f"top-{self.name}"  # limiters of this test alone
        self.name = self.name[5:25]  # a longer one gives way to what stands beside it
        self.env = {"LIMITERS_KEY_PREFIX": self.prefix}

    @property
    def key(self):
        return f"{self.prefix}:2:sem:{{{self.name}}}"

    def holder(self, *options, **more):
        return super().holder(*options, env=self.env, **more)

    def start_waiter(self, *options):
        before = len(self.waiters())
        waiter = self.start(*self.sem_words(*options), env=self.env)
        eventually(lambda: len(self.waiters()) == before + 1, PATIENCE, "the next in the queue")
        return waiter

    def top(self, *words, redis=None, **more):
        screen = self.enterContext(ScreenOf(env=self.env | more.pop("env", {}), **more))
        screen.run(BINARY, "--redis", redis or self.redis, "top", *words)
        return screen

    def row(self, screen, name):
        """The line of a limiter, once it is there."""
        return next(line for line in screen.wait_for(name, KEYS) if f" {name} " in line)

    def open(self, screen, name):
        self.row(screen, name)
        screen.press("Enter")
        screen.wait_for("f frees")

    def test_the_limiter_in_most_use_stands_first(self):
        self.sem("--name", "idle", "--capacity", "7", env=self.env)
        self.holder("--name", "half", "--capacity", "2")
        self.holder("--name", "full")
        lines = self.top().wait_for("idle", "half", "full", KEYS)
        order = [line.split()[1] for line in lines[2:5]]
        self.assertEqual(order, ["full", "half", "idle"])
        self.assertRegex(lines[2], r"\Asem +full +\[##########\]  1/1")

    def test_a_pattern_shows_no_others(self):
        self.sem("--name", "shown", env=self.env)
        self.sem("--name", "other", env=self.env)
        lines = self.top("sh*").wait_for("shown", "1 limiter")
        self.assertNotIn("other", "\n".join(lines))

    def test_it_follows_what_happens(self):
        holder = self.holder("--name", self.name)
        screen = self.top()
        self.assertIn("1/1", self.row(screen, self.name))
        holder.finish()
        screen.wait_for("0/1")

    def test_enter_shows_who_holds_and_escape_goes_back(self):
        self.holder("--label", "https://ci.example/76")
        screen = self.top()
        self.open(screen, self.name)
        screen.wait_for("since", "https://ci.example/76")
        screen.press("Escape")
        screen.wait_until_gone("since")

    def test_one_limiter_shows_its_waiters_too(self):
        self.holder()
        self.start_waiter("--label", "the-second")
        screen = self.top()
        self.open(screen, self.name)
        screen.wait_for("the-second")

    def test_what_was_granted_in_the_last_minute_is_shown(self):
        self.sem(env=self.env)
        screen = self.top()
        before = self.row(screen, self.name)
        self.assertNotIn("/min", before)
        for _ in range(3):
            self.sem(env=self.env)
        self.assertRegex("\n".join(screen.wait_for("3/min")), "[▁▂▃▄▅▆▇█] +3/min")

    def test_a_limiter_that_comes_later_has_granted_all_since(self):
        screen = self.top()
        screen.wait_for("0 limiters")
        for _ in range(3):
            self.sem(env=self.env)
        screen.wait_for("3/min")

    def test_what_is_left_out_of_a_crowd_is_counted_and_widens_no_column(self):
        self.holder("--capacity", "1000")
        [id] = self.holders()
        record, end = self.server.call("HGET", self.key, id), self.server.call("ZSCORE", f"{self.key}:holders", id)
        for number in range(300):
            self.server.call("HSET", self.key, f"{number:032x}", record)
            self.server.call("ZADD", f"{self.key}:holders", end, f"{number:032x}")
        self.server.call("HSET", self.key, "used", "301", "counted", "301")
        screen = self.top()
        self.open(screen, self.name)
        rows = [line for line in screen.lines() if "since" in line]
        self.assertTrue(all(re.match(r"  [0-9a-f]{12}  \S", row) for row in rows), rows)
        screen.press(*["NPage"] * 25)
        self.assertNotIn("--all", "\n".join(screen.wait_for("holders more")))

    def test_a_holder_is_freed_after_a_question(self):
        holder = self.holder()
        screen = self.top()
        self.open(screen, self.name)
        screen.press("f")
        screen.wait_for("Its command is stopped. [y/N]")
        screen.press("y")
        self.assertEqual(holder.running.wait(PATIENCE).code, 79)
        screen.wait_for("0/1")

    def test_any_other_answer_frees_nobody(self):
        self.holder()
        screen = self.top()
        self.open(screen, self.name)
        for key in ("n", "Enter", "Escape", "x"):
            screen.press("f")
            screen.wait_for("[y/N]")
            screen.press(key)
            screen.wait_until_gone("[y/N]")
        self.assertEqual(len(self.holders()), 1)

    def paused(self, screen, kind, answer):
        """Answer the question that p asks."""
        screen.wait_for(self.name)
        screen.press("p")
        screen.wait_for(f"Pause {kind} '{self.name}'")
        screen.type(answer)
        screen.press("Enter")

    def test_a_semaphore_is_paused_until_it_is_resumed(self):
        self.sem(env=self.env)
        screen = self.top()
        self.paused(screen, "sem", "")
        eventually(lambda: self.sem("--no-wait", env=self.env).code == 75, PATIENCE, "the pause")
        screen.press("r")
        screen.wait_for(f"Resume sem '{self.name}'? [y/N]")
        screen.press("y")
        eventually(lambda: self.sem("--no-wait", env=self.env).code == 0, PATIENCE, "the end of the pause")

    def test_a_bucket_is_paused_for_a_time(self):
        self.bucket(env=self.env)
        screen = self.top()
        self.paused(screen, "bucket", "1h5x")
        screen.wait_for("'1h5x' is no duration")
        self.paused(screen, "bucket", "")
        screen.wait_for("'' is no duration")
        self.paused(screen, "bucket", "3h")
        eventually(lambda: "paused" in limiters("status", redis=self.redis, env=self.env).out, PATIENCE, "the pause")

    def test_a_typed_answer_can_be_mended_and_given_up(self):
        self.sem(env=self.env)
        screen = self.top()
        self.row(screen, self.name)
        screen.press("p")
        screen.wait_for("Pause sem")
        screen.type("2x")
        screen.wait_for("? 2x")
        screen.press("BSpace")
        screen.type("h")
        screen.wait_for("? 2h")
        screen.press("Escape")
        screen.wait_for(KEYS)
        self.assertSilent(self.sem("--no-wait", env=self.env))

    def test_the_selection_stays_with_its_limiter_when_the_order_changes(self):
        self.sem("--name", "first", "--capacity", "2", env=self.env)
        self.sem("--name", "second", "--capacity", "2", env=self.env)
        screen = self.top()
        screen.wait_for("first", "second", KEYS)
        self.holder("--name", "second", "--capacity", "2")
        eventually(lambda: screen.lines()[2].split()[1] == "second", PATIENCE, "the other order")
        self.open(screen, "first")
        self.assertNotIn("second", screen.text())

    def test_the_selected_line_is_in_sight_however_many_there_are(self):
        for number in range(12):
            self.server.call("HSET", f"{self.prefix}:2:bucket:{{b{number:02}}}", "level", "1", "capacity", "1",
                             "refilled_at", "0", "amount", "1", "frequency", "1000000")
        screen = self.top(height=8)
        screen.wait_for("12 limiters", "b00")
        for _ in range(11):
            screen.press("j")
        lines = screen.wait_for("b11")
        self.assertNotIn("b00", "\n".join(lines))

    def test_it_fits_a_window_that_is_resized(self):
        self.sem(env=self.env)
        screen = self.top(width=100, height=24)
        screen.wait_for(KEYS)
        screen.resize(50, 10)
        eventually(lambda: screen.lines()[9].startswith("Enter opens"), PATIENCE, "the last line at its new place")
        screen.resize(120, 30)
        eventually(lambda: screen.lines()[29].startswith("Enter opens"), PATIENCE, "the last line at its new place")

    def test_what_is_wider_than_the_window_stays_in_its_line(self):
        self.sem(env=self.env)
        lines = self.top(width=10, height=4).wait_for("Enter")
        self.assertEqual(lines[0], self.redis[:9] + "…")
        self.assertEqual(lines[1], "")
        self.assertRegex(lines[3], r"\AEnter ope…\Z")

    def test_q_gives_the_terminal_back_as_it_was(self):
        screen = self.enterContext(ScreenOf(env=self.env))
        screen.run("sh", "-c", "echo before; stty -g")
        settings = eventually(lambda: re.search("^[0-9a-f]+(:[0-9a-f]+)+", screen.text(), re.MULTILINE), PATIENCE, "stty")[0]
        screen.run(BINARY, "--redis", self.redis, "top")
        screen.wait_for(KEYS)
        screen.press("q")
        screen.wait_until_gone(KEYS)
        screen.run("sh", "-c", "echo $?; stty -g")
        eventually(lambda: screen.text().count(settings) == 2, PATIENCE, "the same settings of the terminal")
        self.assertIn("before", screen.text())

    def test_ctrl_c_gives_the_terminal_back_and_is_seen_by_the_shell(self):
        screen = self.top()
        screen.wait_for(KEYS)
        screen.press("C-c")
        screen.wait_until_gone(KEYS)
        screen.wait_for("\n$")  # before the prompt, what is typed is shown ahead of it, and what is printed behind it
        screen.run("echo", "still here")
        screen.wait_for("\nstill here")

    def test_ctrl_z_gives_the_terminal_back_and_fg_goes_on(self):
        self.sem(env=self.env)
        screen = self.top()
        screen.wait_for(KEYS)
        screen.press("C-z")
        screen.wait_until_gone(KEYS)
        screen.wait_for("Stopped")
        screen.run("fg")
        screen.wait_for(KEYS, self.name)
        screen.press("q")
        screen.wait_until_gone(KEYS)

    def test_a_server_that_goes_away_is_told_and_one_that_comes_back_is_shown(self):
        server = self.enterContext(Server())
        screen = self.top("--redis-timeout", "300ms", redis=server.unix_url)
        screen.wait_for("0 limiters")
        server.kill()
        screen.wait_for("cannot reach")
        server.start()
        self.sem("--name", "again", redis=server.unix_url, env=self.env)
        screen.wait_for("again", KEYS)

    def test_one_broken_key_hides_no_more_than_itself(self):
        self.sem(env=self.env)
        self.server.call("SET", f"{self.prefix}:2:sem:{{broken}}", "x")
        self.top().wait_for(self.name, "broken")

    def test_a_name_cannot_steer_the_terminal(self):
        self.server.call("HSET", f"{self.prefix}:2:bucket:{{a\u202eb}}", "level", "1", "capacity", "1",
                         "refilled_at", "0", "amount", "1", "frequency", "1000000")
        self.top().wait_for("a\\xe2\\x80\\xaeb", KEYS)

    def test_a_name_beyond_ascii_is_shown_where_the_locale_can(self):
        self.sem("--name", "größe日", env=self.env)
        self.top().wait_for("größe日")
        self.top(env={"LC_ALL": "C"}).wait_for("gr??e?")

    def test_nothing_is_sent_to_the_terminal_while_nothing_changes(self):
        self.sem(env=self.env)
        screen = self.top()
        screen.wait_for(self.name, KEYS)
        log = self.folder / "sent"
        screen.record(log)
        before = self.looks()
        eventually(lambda: self.looks() >= before + 3, PATIENCE, "three looks")
        self.assertEqual(log.read_bytes() if log.exists() else b"", b"")

    def looks(self):
        """How often somebody looked for limiters."""
        stats = self.server.call("INFO", "commandstats")
        return next((int(line.split("calls=")[1].split(",")[0]) for line in stats.splitlines()
                     if line.startswith("cmdstat_scan:")), 0)

    def test_keys_ask_the_server_nothing(self):
        screen = self.top()
        screen.wait_for(KEYS)
        before, began = self.looks(), time.monotonic()
        for _ in range(40):
            screen.press("j", "k")
        self.assertLessEqual(self.looks() - before, 1 + time.monotonic() - began)

    def test_without_a_terminal_it_is_a_usage_error(self):
        result = self.start("top", env=self.env).wait(PATIENCE)
        self.assertRefused(result, 64, "terminal", "limiters status")

    def test_an_unknown_kind_of_terminal_is_one_line(self):
        screen = self.enterContext(ScreenOf())
        screen.run("env", "TERM=no-such-thing", BINARY, "--redis", self.redis, "top")
        screen.wait_for("limiters: nothing is known here about a terminal of the type TERM='no-such-thing': try TERM=xterm")

    def test_a_terminal_that_cannot_be_drawn_on_is_one_line(self):
        screen = self.enterContext(ScreenOf())
        screen.run("env", "TERM=dumb", BINARY, "--redis", self.redis, "top")
        screen.wait_for("limiters: nothing can be put in its place on a terminal of the type TERM='dumb': try TERM=xterm")

    def test_what_is_refused_at_once_draws_no_screen(self):
        screen = self.top(redis="redis://127.0.0.1:1")
        lines = screen.wait_for("cannot reach")
        self.assertNotIn(KEYS, "\n".join(lines))


class InACluster(unittest.TestCase):
    def test_the_limiters_of_all_masters_are_shown_and_paused(self):
        cluster = self.enterContext(Cluster(masters=2, followed="limiters:2:sem:{x}"))
        names = [cluster.name_on(node, "limiters:2:sem:{{{}}}") for node in cluster.masters]
        words = [["sem", "run", "--name", name, "-j", "1", "-n", "--", "true"] for name in names]
        for one in words:
            limiters(*one, redis=cluster.url)
        screen = self.enterContext(ScreenOf())
        screen.run(BINARY, "--redis", cluster.url, "top")
        screen.wait_for("2 limiters", KEYS)
        for key in ("k", "j"):
            screen.press(key, "p")
            screen.wait_for("for how long")
            screen.press("Enter")
            screen.wait_for(KEYS)
        eventually(lambda: {limiters(*one, redis=cluster.url).code for one in words} == {75}, PATIENCE, "two pauses")


if __name__ == "__main__":
    unittest.main()
