"""A server that wants a password, or gives too few rights: 77, naming what is missing, and no secret in any message."""

import unittest

from faults.callers import NAME, PATIENCE, FaultTest, P
from support.tool import limiters
from support.wait import eventually

KINDS = {"sem": ("--capacity", "1"), "bucket": ("--rate", "10/1s")}
SECRET = "s3cret-word"


class RightsTest(FaultTest):
    def url(self, login):
        return self.server.url.replace("//", f"//{login}@") if login else self.server.url

    def run_as(self, login, kind="sem"):
        return limiters(kind, "run", "--name", NAME, *KINDS[kind], "--", "echo", "ran", redis=self.url(login))

    def assertRefused(self, login, *parts, kinds=tuple(KINDS)):
        for kind in kinds:
            with self.subTest(kind=kind):
                result = self.run_as(login, kind)
                self.assertEqual((result.code, result.out), (77, ""), result)
                self.assertOneLine(result.err, self.server.url, *parts)
                self.assertNotIn(SECRET, result.err)
                self.assertNotIn("wrong-word", result.err)


class Passwords(RightsTest):
    config = {"requirepass": SECRET}

    def test_the_right_one_is_taken(self):
        for login in (f":{SECRET}", f"default:{SECRET}"):
            self.assertEqual(self.run_as(login).code, 0)

    def test_none_is_77(self):
        self.assertRefused("")

    def test_a_wrong_one_is_77(self):
        self.assertRefused(":wrong-word", "WRONGPASS")

    def test_an_unknown_user_is_77(self):
        self.assertRefused(f"nobody:{SECRET}", "WRONGPASS")


class NoPasswordAtAll(RightsTest):
    def test_one_where_none_is_wanted_is_77(self):
        self.assertRefused(f":{SECRET}", "ERR AUTH")


class Rights(RightsTest):
    def user(self, *rules):
        self.server.call("ACL", "SETUSER", "job", "reset", "on", f">{SECRET}", *rules)
        return f"job:{SECRET}"

    def test_all_that_the_manual_asks_for_are_enough(self):
        login = self.user("~limiters:*", "+@all", "-@dangerous")
        for kind in KINDS:
            self.assertEqual(self.run_as(login, kind).code, 0)

    def test_a_missing_command_is_named(self):
        self.assertRefused(self.user("~*", "+@all", "-evalsha"), "NOPERM", "evalsha")

    def test_a_missing_command_of_a_script_is_77(self):
        self.assertRefused(self.user("~*", "+@all", "-hset"))
        self.assertRefused(self.user("~*", "+@all", "-zadd"), kinds=["sem"])

    def test_what_to_do_about_a_missing_right_is_said(self):
        for rule in ("-evalsha", "-hset"):
            self.assertRefused(self.user("~*", "+@all", rule), "'limiters doctor' names", "'limiters doctor --acl' prints")

    def test_a_user_without_a_password_is_told_so_too(self):
        self.server.call("ACL", "SETUSER", "default", "-hset")
        self.addCleanup(self.server.call, "ACL", "SETUSER", "default", "+hset")
        self.assertRefused("", "'limiters doctor --acl' prints")

    def test_missing_keys_are_77(self):
        self.assertRefused(self.user("~other:*", "+@all"))

    def test_rights_that_go_while_a_command_runs_do_not_stop_it(self):
        holder = self.holder("holder", expiry="6s", redis=self.url(self.user("~*", "+@all")))
        id = self.id_of(holder)
        self.user("~*", "+@all", "-evalsha")
        holder.running.wait_for_err("the lease has ended; CMD goes on", PATIENCE)
        self.assertIn("NOPERM", holder.running.err())
        self.user("~*", "+@all")
        eventually(lambda: self.live_holders() == {id}, PATIENCE, "a renewal")
        self.assertEndedAs(holder.finish(5), 5)
        self.assertFree()

    def test_a_refusal_while_a_command_runs_is_told_as_one_and_names_the_server_once(self):
        holder = self.holder("holder", expiry="6s", redis=self.url(self.user("~*", "+@all")))
        self.user("~*", "+@all", "-evalsha")
        said = holder.running.wait_for_err("CMD goes on", PATIENCE)
        self.assertIn("does not serve (refused: NOPERM", said)
        self.assertEqual(said.count("redis://"), 1)

    def test_rights_that_go_while_one_waits_end_the_wait_with_77(self):
        holder = self.holder("holder")
        waiter = self.waiter("waiter", redis=self.url(self.user("~*", "+@all")))
        self.user("~*", "+@all", "-evalsha")
        result = waiter.running.wait(PATIENCE)
        self.assertEndedAs(result, 77)
        self.assertFalse(waiter.started())
        self.assertEndedAs(holder.finish(5), 5)

    def test_a_release_that_is_refused_is_a_warning(self):
        holder = self.holder("holder", redis=self.url(self.user("~*", "+@all")), expiry="1m")
        self.user("~*", "+@all", "-evalsha")
        result = holder.finish(5)
        self.assertEndedAs(result, 5)
        self.assertOneLine(result.err, "warning", "could not be given back", "NOPERM")

    def test_without_the_right_to_block_a_waiter_is_told_so(self):
        holder = self.holder("holder")
        caller = self.caller("caller", redis=self.url(self.user("~*", "+@all", "-blpop")))
        result = caller.running.wait(PATIENCE)
        self.assertEndedAs(result, 77)
        self.assertOneLine(result.err, "sem 't'", "NOPERM", "blpop")
        self.assertEqual(self.waiters(), [])
        self.assertEndedAs(holder.finish(5), 5)

    def test_the_secret_stands_in_no_key_and_no_variable_of_the_command(self):
        login = self.user("~*", "+@all")
        result = limiters("sem", "run", "--name", NAME, "--capacity", "1", "--", "env", redis=self.url(login))
        self.assertNotIn(SECRET, result.out)
        self.assertIn("LIMITERS_LEASE", result.out)
        self.assertNotIn(SECRET, str(self.server.call("HGETALL", P)))


if __name__ == "__main__":
    unittest.main()
