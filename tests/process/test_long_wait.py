"""A long wait where no line can be drawn, such as in the log of a CI job, is told."""

import re
import unittest

from cli.case import PATIENCE, CliTest

WAITED = r"waiting for 1\d(\.\d)?s"


class LongWait(CliTest):
    """Ten seconds are the event here, so all wait at once."""

    def test_is_told_in_one_line_after_ten_seconds_but_not_where_silence_is_wanted(self):
        holder = self.holder("--label", "https://ci.example/76")
        self.bucket()
        quiet, skips, plain = self.waiter("-q"), self.waiter("-E", "0"), self.waiter()
        self.held_five_times(10_000_000)
        bucket, quiet_bucket = self.start(*self.bucket_words()), self.start(*self.bucket_words("-q"))
        self.assertEqual(plain.running.err(), "")
        said = plain.running.wait_for_err("\n", PATIENCE)
        self.assertOneLine(said)
        host = re.escape(self.record(self.holders()[0])[8])
        self.assertRegex(said, rf"\Alimiters: sem '{self.name}' on {re.escape(self.redis)}: {WAITED}, place 3 of 3 in the queue, "
                               rf"about 30s, 1 of 1 in use, held by sh {holder.pid} on {host} for 1\d(\.\d)?s \(https://ci\.example/76\)\n\Z")
        told = bucket.wait_for_err("\n", PATIENCE)
        self.assertRegex(told, rf"\Alimiters: bucket '{self.name}' on {re.escape(self.redis)}: {WAITED}, due in \S+\n\Z")
        self.assertEqual([running.err() for running in (quiet.running, skips.running, quiet_bucket)], ["", "", ""])

    def held_five_times(self, span):
        """As if five holders before had held their slots for so long, in the mean."""
        granted = int(self.server.call("HGET", self.key, "granted"))
        self.server.call("HSET", self.key, "granted", granted + 5, "held", 5 * span)


if __name__ == "__main__":
    unittest.main()
