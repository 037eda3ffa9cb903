"""A signal during the wait: the tokens go back, unless others have reserved after them."""

import signal
import unittest

from bucket.case import PATIENCE, BucketTest


class GivenBack(BucketTest):
    def waiting_run(self):
        return self.waiting(*self.bucket_words(command=["echo", "ran"]))

    def test_a_signal_while_waiting_gives_the_tokens_back(self):
        self.bucket()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            before = self.bucket_state()["level"]
            caller = self.waiting_run()
            first_due = max(self.due_times().values())
            caller.signal(number)
            self.assertEqual(caller.wait(PATIENCE).code, -number)
            self.assertEqual(self.bucket_state()["level"], before)
            again = self.waiting_run()
            self.assertEqual(max(self.due_times().values()), first_due)
            again.signal(signal.SIGTERM)
            again.wait(PATIENCE)

    def test_tokens_that_others_reserved_after_are_not_promised_twice(self):
        self.bucket()
        first, second = self.waiting_run(), self.waiting_run()
        due = set(self.due_times().values())
        first.signal(signal.SIGTERM)
        self.assertEqual(first.wait(PATIENCE).code, -signal.SIGTERM)
        third = self.waiting_run()
        self.assertGreater(max(self.due_times().values()), max(due))
        for caller in (third, second):
            caller.signal(signal.SIGTERM)
            caller.wait(PATIENCE)

    def test_a_line_that_is_interrupted_at_once_leaves_no_token_taken(self):
        self.bucket()
        line = [self.start(*self.bucket_words()) for _ in range(20)]
        self.wait_for_level(-20)
        for caller in line:
            caller.signal(signal.SIGINT)
        self.assertEqual({caller.wait(PATIENCE).code for caller in line}, {-signal.SIGINT})
        self.assertEqual(self.level(), 0)

    def test_of_a_line_with_one_that_stays_all_behind_it_goes_back(self):
        self.bucket()
        before = [self.waiting_run() for _ in range(3)]
        stays = self.waiting_run()
        behind = [self.waiting_run() for _ in range(3)]
        for caller in before + behind:
            caller.signal(signal.SIGTERM)
            caller.wait(PATIENCE)
        self.assertEqual(self.level(), -4)
        stays.signal(signal.SIGTERM)
        stays.wait(PATIENCE)
        self.assertEqual(self.level(), 0)

    def test_command_does_not_run_after_the_signal(self):
        self.bucket()
        caller = self.waiting_run()
        caller.signal(signal.SIGTERM)
        self.assertSilent(caller.wait(PATIENCE), -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
