"""What doctor says of one server: what it is, what endangers limits there, which rights are missing."""

import pathlib
import tempfile
import unittest

from cli.case import PATIENCE
from doctor.case import DoctorTest, allow, as_job, rule
from support.replicated import Replicated
from support.sentinel import Sentinel
from support.server import Server, free_port
from support.tool import limiters
from support.wait import eventually


class OneServer(DoctorTest):
    config = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(cls.config))
        cls.url = cls.server.url

    def set(self, **settings):
        """Until the end of the test."""
        for name, value in settings.items():
            name = name.replace("_", "-")
            before = self.server.call("CONFIG", "GET", name)[1]
            self.addCleanup(self.server.call, "CONFIG", "SET", name, before)
            self.server.call("CONFIG", "SET", name, value)


class Healthy(OneServer):
    config = {"appendonly": "yes"}

    def test_all_is_well_on_a_server_that_keeps_leases(self):
        self.assertHealthy(self.url)
        self.assertEqual(self.texts("note"), [])

    def test_it_tells_version_mode_role_round_trip_clock_policy_and_persistence(self):
        self.doctor(self.url)
        [node] = self.report["nodes"]
        fields = dict(line.split(":", 1) for line in self.server.call("INFO").splitlines() if ":" in line)
        version = fields.get("valkey_version", fields["redis_version"])
        self.assertEqual((node["address"], node["version"], node["mode"], node["role"], node["eviction_policy"]),
                         (f"127.0.0.1:{self.server.port}", version, "standalone", "master", "noeviction"))
        self.assertIs(node["append_only"], True)
        self.assertLess(0, node["round_trip_us"])

    def test_it_leaves_nothing_behind(self):
        self.doctor(self.url)
        self.assertEqual(self.server.call("KEYS", "*"), [])

    def test_it_takes_nothing_from_limits_in_use(self):
        limiters("bucket", "run", "--name", "b", "--rate", "1/1h", "--", "true", redis=self.url)
        before = self.server.call("DUMP", "limiters:2:bucket:{b}")
        self.doctor(self.url)
        self.assertEqual(self.server.call("DUMP", "limiters:2:bucket:{b}"), before)
        self.server.call("FLUSHALL")

    def test_a_unix_socket_will_do(self):
        self.assertHealthy(self.server.unix_url)


class Endangered(OneServer):
    def test_every_policy_but_noeviction_is_a_problem(self):
        for policy in ("allkeys-lru", "volatile-ttl", "volatile-lru", "allkeys-random"):
            self.set(maxmemory_policy=policy)
            self.assertProblem(70, self.url, f"maxmemory-policy {policy}", "noeviction")

    def test_no_append_only_file_is_a_note(self):
        self.assertNote(self.url, "append-only file", "appendonly yes")

    def test_memory_that_is_nearly_full_is_a_note(self):
        self.addCleanup(self.server.call, "FLUSHALL")
        self.server.call("SET", "filler", "x" * 20_000_000)  # next to which all else is little
        info = self.server.call("INFO", "memory").splitlines()
        used = int(next(line for line in info if line.startswith("used_memory:")).split(":")[1])
        self.set(maxmemory=used * 105 // 100)
        self.assertNote(self.url, "maxmemory", "raise")

    def test_memory_that_is_full_is_a_problem(self):
        self.set(maxmemory=1)
        self.assertProblem(69, self.url, "it has no memory left", "maxmemory")

    def test_a_server_that_wants_replicas_which_it_has_not_is_a_problem(self):
        self.set(min_replicas_to_write=1)
        self.assertProblem(69, self.url, "fewer replicas than min-replicas-to-write")

    def test_what_replicas_can_give_is_said(self):
        with Replicated() as replicated:
            url = replicated.primary.url
            self.assertNote(url, "failover to its replica", "--replicas 1")
            self.assertHealthy(url, "--replicas", "1")
            self.assertNotIn("failover", "\n".join(self.texts("note")))
            self.assertProblem(69, url, "--replicas 2 cannot be met", "1 of its replicas answers", env={"LIMITERS_REPLICAS": "2"})
            replicated.replicas[0].pause()
            self.assertProblem(69, url, "--replicas 1 cannot be met", "none of its replicas answers", env={"LIMITERS_REPLICAS": "1"})

    def test_replicas_where_there_are_none_are_a_problem(self):
        self.assertProblem(69, self.url, "--replicas 1 cannot be met", env={"LIMITERS_REPLICAS": "1"})
        self.assertIn("master without replicas", self.doctor(self.url).out)

    def test_a_replica_is_a_problem_that_names_the_master(self):
        with Server() as replica:
            replica.call("REPLICAOF", "127.0.0.1", self.server.port)
            eventually(lambda: "master_link_status:up" in replica.call("INFO", "replication"), PATIENCE)
            self.assertProblem(69, replica.url, "replica", f"127.0.0.1:{self.server.port}")
            [node] = self.report["nodes"]
            self.assertEqual((node["role"], node["master"]), ("replica", f"127.0.0.1:{self.server.port}"))

    def test_a_replica_that_has_lost_its_master_says_that_too(self):
        gone = free_port()
        with Server() as replica:
            replica.call("REPLICAOF", "127.0.0.1", gone)
            self.assertProblem(69, replica.url, "replica", gone)
            self.assertRegex("\n".join(self.texts("note")), f"lost its master 127.0.0.1:{gone}")


class Clocks(DoctorTest):
    def test_a_clock_that_is_set_otherwise_is_a_note(self):
        with Server() as server:
            for seconds, words in ((3600, "ahead of"), (-3600, "behind")):
                server.clock_offset(seconds)
                self.assertNote(server.url, "clock is", words, "NTP")
                [node] = self.report["nodes"]
                self.assertAlmostEqual(node["clock_ahead_us"], seconds * 1_000_000, delta=60_000_000)


class OutOfReach(DoctorTest):
    def test_a_server_that_is_not_there_is_69(self):
        self.assertProblem(69, f"redis://127.0.0.1:{free_port()}", "cannot reach", env={"LIMITERS_REDIS_TIMEOUT": "100ms"})
        self.assertEqual(self.report["nodes"], [])

    def test_a_server_that_hangs_is_69_within_the_timeout(self):
        with Server() as server:
            server.pause()
            result = self.doctor(server.url, "--redis-timeout", "200ms")
            self.assertEqual(result.code, 69)
            self.assertLess(result.seconds, PATIENCE / 2)

    def test_a_command_that_was_taken_away_is_named_and_its_words_are_not(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
            settings.write('rename-command EVAL ""\n')
            settings.flush()
            with Server({"include": settings.name}) as server:
                self.assertProblem(70, server.url, "it answered: ERR unknown command 'EVAL'; use a server that has the command")

    def test_one_that_a_script_lacks_is_no_matter_of_names(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
            settings.write('rename-command TIME ""\n')
            settings.flush()
            with Server({"include": settings.name}) as server:
                result = limiters("sem", "run", "--name", "x", "-j", "1", "--", "true", redis=server.url)
                self.assertEqual(result.code, 70)
                self.assertRegex(result.err, r"command called from script; [^;]*see 'limiters doctor'\n\Z")

    def test_a_sentinel_is_no_server(self):
        with Sentinel() as sentinel:
            self.assertProblem(70, sentinel.url, "redis+sentinel://")
            self.assertRegex(self.doctor(sentinel.url).out, r"server +\S+: \S+ \S+, sentinel, round trip [^,]+, clock [^,]+\n")
            result = limiters("sem", "run", "--name", "x", "-j", "1", "--", "true", redis=sentinel.url)
            self.assertEqual(result.code, 70)
            self.assertRegex(result.err, r"\Alimiters: sem 'x': \S+ answered: ERR unknown command '?`?EVALSHA'?`?; "
                                         r"is it a sentinel\? A sentinel is redis\+sentinel://HOST:PORT/SERVICE\n\Z")

    def test_a_bad_setting_is_78_and_no_report(self):
        for name, value in (("LIMITERS_REDIS_TIMEOUT", "soon"), ("LIMITERS_ON_LOST", "maybe"), ("LIMITERS_CONFIG", "/no")):
            result = limiters("doctor", redis="redis://127.0.0.1:1", env={name: value})
            self.assertEqual((result.code, result.out), (78, ""))
            self.assertIn(name if name != "LIMITERS_CONFIG" else "/no", result.err)


class Rights(OneServer):
    def test_no_password_is_77(self):
        with Server({"requirepass": "s3cret"}) as server:
            self.assertProblem(77, server.url, "NOAUTH", "--password-file")
            self.assertHealthy(server.url.replace("//", "//:s3cret@"))

    def test_a_wrong_password_is_77_and_not_shown(self):
        allow([self.server], rule())
        self.assertProblem(77, self.url.replace("//", "//job:mistaken@"), "WRONGPASS")
        self.assertNotIn("mistaken", str(self.report))

    def test_all_that_is_missing_is_said_at_once(self):
        allow([self.server], [part for part in rule() if part not in ("+hset", "+zadd", "+rpush")])
        self.assertProblem(77, as_job(self.url), "ACL SETUSER job +rpush +hset +zadd")
        self.assertEqual(self.server.call("KEYS", "*"), [])

    def test_keys_that_are_missing_are_told_before_the_commands_on_them(self):
        allow([self.server], [part for part in rule() if part != "+blpop" and not part.startswith("~")])
        self.assertProblem(77, as_job(self.url), "ACL SETUSER job ~limiters:2:*")
        self.assertNotIn("+", *self.texts("problem"))
        self.server.call("ACL", "SETUSER", "job", "~limiters:2:*")
        self.assertProblem(77, as_job(self.url), "ACL SETUSER job +blpop")

    def test_keys_that_can_only_be_read_are_missing(self):
        if "redis_version:6" in self.server.call("INFO", "server"):
            self.skipTest("6.2 has no such rights")
        allow([self.server], ["%R~limiters:2:*", *rule()[1:]])
        self.assertProblem(77, as_job(self.url), "ACL SETUSER job ~limiters:2:*")

    def test_a_user_who_may_do_nothing_is_told_all(self):
        allow([self.server], [])
        others = ("+cluster|slots", "+asking", "+role", "+select", "+scan")
        self.assertProblem(77, as_job(self.url), *(part for part in rule() if part not in others))

    def test_rights_that_status_alone_needs_are_a_note(self):
        allow([self.server], [part for part in rule() if part != "+scan"])
        self.assertNote(as_job(self.url), "status", "ACL SETUSER job +scan")

    def test_rights_that_others_need_are_not_asked_for(self):
        allow([self.server], [part for part in rule() if part not in ("+cluster|slots", "+asking", "+role", "+select")])
        self.assertHealthy(as_job(self.url))


class Settings(OneServer):
    def sources(self):
        return {s["name"]: (s["value"], s["source"]) for s in self.report["settings"]}

    def test_each_value_is_shown_with_its_source(self):
        file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "limiters.toml"
        file.write_text('# ours\nkey-prefix = "team"\nredis-timeout = "3s"\non-lost = "keep"\n')
        env = {"LIMITERS_CONFIG": str(file), "LIMITERS_REDIS_TIMEOUT": "4s", "LIMITERS_REDIS": self.url}
        self.assertHealthy(None, "-q", env=env)
        self.assertLessEqual({
            "redis": (self.url, "LIMITERS_REDIS"), "key-prefix": ("team", f"{file}:2"),
            "redis-timeout": ("4s", "LIMITERS_REDIS_TIMEOUT"), "on-lost": ("keep", f"{file}:4"),
            "on-outage": ("keep", "default"), "quiet": ("1", "--quiet")}.items(), self.sources().items())

    def test_a_flag_wins(self):
        self.assertHealthy(self.url, "--key-prefix", "flags", env={"LIMITERS_KEY_PREFIX": "variable"})
        self.assertEqual(self.sources()["key-prefix"], ("flags", "--key-prefix"))

    def test_a_password_is_never_shown(self):
        self.server.call("ACL", "SETUSER", "tom", "on", ">hush-hush", "~*", "+@all")
        url = self.url.replace("//", "//tom:hush-hush@")
        for form in ([], ["--json"]):
            for more in ({"redis": url}, {"env": {"LIMITERS_REDIS": url}}):
                result = limiters("doctor", *form, **more)
                self.assertEqual(result.code, 0)
                self.assertNotIn("hush", result.out + result.err)


if __name__ == "__main__":
    unittest.main()
