"""What acquire, renew and release refuse before Redis is asked."""

import signal
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest, end_of
from support.wait import eventually

ID = "0123456789abcdef0123456789abcdef"


def state(pid):
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rpartition(")")[2].split()[0]


class UntilExit(LeaseTest):
    def assertBadPid(self, pid, *parts):
        result = self.acquire("--until-exit", str(pid))
        self.assertRefused(result, 64, "--until-exit", *parts)
        self.assertEqual(self.server.call("KEYS", f"*{self.name}*"), [])

    def test_what_is_no_number_of_a_process_is_64(self):
        for pid in ("0", "-1", "abc", "", "1x", "0x10", " 1", "1.5", "2147483648", "99999999999999999999"):
            with self.subTest(pid=pid):
                self.assertBadPid(pid, f"'{pid}'")

    def test_a_process_that_has_ended_is_64(self):
        process = self.process()
        end_of(process)
        self.assertBadPid(process.pid, "no process that lives")

    def test_a_process_that_nobody_has_reaped_yet_is_64(self):
        process = self.process()
        process.kill()
        eventually(lambda: state(process.pid) == "Z", PATIENCE, "the end")
        self.assertBadPid(process.pid, "no process that lives")

    def test_a_stopped_process_lives(self):
        process = self.process()
        process.send_signal(signal.SIGSTOP)
        self.lease("--until-exit", str(process.pid))

    def test_a_name_and_a_capacity_are_required(self):
        for words in (["--name", "x"], ["-j", "1"], []):
            with self.subTest(words=words):
                self.assertRefused(self.start("sem", "acquire", *words).wait(PATIENCE), 64)


class Leases(LeaseTest):
    def assertNoLease(self, text):
        for verb in (self.renew, self.release):
            with self.subTest(text=text, verb=verb.__name__):
                self.assertRefused(verb(text), 64, "not a lease")

    def test_garbage_is_64(self):
        for text in ("x", "", "sem", "sem.", "sem...", "....", "sem.eA..01234567", ID, "é", "a\nb"):
            self.assertNoLease(text)
        self.assertNoLease("sem." + "x" * 9999)

    def test_any_part_of_a_lease_is_64(self):
        lease = self.lease()
        for size in (1, 4, 10, len(lease) // 2, len(lease) - 9, len(lease) - 8, len(lease) - 1):
            self.assertNoLease(lease[:size])
            self.assertNoLease(lease[-size:])
        self.assertSilent(self.renew(lease))

    def test_a_lease_with_something_around_it_is_64(self):
        lease = self.lease()
        for text in (lease + "0", lease + "\n", " " + lease, "x" + lease, lease + "." + lease):
            self.assertNoLease(text)

    def test_a_lease_in_which_any_letter_was_changed_frees_nothing(self):
        lease = self.lease()
        for at, letter in enumerate(lease):
            changed = lease[:at] + ("x" if letter != "x" else "y") + lease[at + 1:]
            self.assertIn(self.release(changed).code, (64, 79), changed)
        self.assertSilent(self.renew(lease))

    def test_a_lease_of_another_kind_is_64(self):
        name, _, digits = self.lease().split(".")[1:]
        self.assertNoLease(f"bucket.{name}.{ID}.{digits}")

    def test_none_at_all_is_64(self):
        self.assertRefused(self.renew(), 64, "LEASE")
        self.assertRefused(self.release(), 64, "LEASE")

    def test_two_are_64(self):
        lease = self.lease()
        for verb in (self.renew, self.release):
            self.assertRefused(verb(lease, lease), 64)

    def test_another_server_or_key_prefix_is_64_and_the_message_names_both(self):
        lease = self.lease()
        self.assertRefused(self.renew(lease, redis=self.server.url), 64, self.name, self.server.url, "'limiters'")
        self.assertRefused(self.release("--key-prefix", "other", lease), 64, self.name, self.redis, "'other'")
        self.assertSilent(self.release(lease))

    def test_a_lease_of_another_key_prefix_is_good_with_that(self):
        lease = self.lease("--key-prefix", "other")
        self.assertRefused(self.release(lease), 64, "'limiters'")
        self.assertSilent(self.release("--key-prefix", "other", lease))


class Holders(LeaseTest):
    def test_a_lease_and_a_holder_are_64(self):
        lease = self.lease()
        name, holder = ["--name", self.name], ["--holder", ID]
        for words in ([lease, *holder], [lease, *name], [lease, *name, *holder]):
            self.assertRefused(self.release(*words), 64, "LEASE")
        self.assertSilent(self.renew(lease))

    def test_a_holder_without_a_name_and_a_name_without_a_holder_are_64(self):
        self.assertRefused(self.release("--holder", ID), 64, "--name")
        self.assertRefused(self.release("--name", self.name), 64, "--holder")

    def test_what_is_no_beginning_of_an_id_of_eight_digits_is_64(self):
        self.lease()
        [id] = self.holders()
        for text in (id[:7], "", "x" * 8, id.upper() if id.upper() != id else "A" * 8, id + "0", id[:8] + "*", "*"):
            with self.subTest(text=text):
                self.assertRefused(self.free(text), 64, "--holder", "8 to 32")
        self.assertEqual(self.holders(), [id])


if __name__ == "__main__":
    unittest.main()
