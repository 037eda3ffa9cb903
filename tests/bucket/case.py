"""What the tests of buckets share: callers of every kind, and what stands in the bucket."""

import os

from cli.case import PATIENCE, CliTest
from support.tool import limiters
from support.wait import eventually

FAST = ("-j", "1000000", "--refill-amount", "1000000", "--refill-frequency", "1ms")


class BucketTest(CliTest):
    """self.name is a bucket of this test alone: a token an hour, and a capacity of 1, unless the options say otherwise."""

    def words(self, verb, *options):
        rate = [] if {"--rate", "--refill-amount"} & set(options) else ["--rate", "1/1h"]
        return ["bucket", verb, "--name", self.name, *rate, *options]

    def acquire(self, *options, redis=None, **more):
        return limiters(*self.words("acquire", *options), redis=redis or self.redis, timeout=PATIENCE, **more)

    def pipe(self, data, *options, redis=None, **more):
        return limiters(*self.words("pipe", *options), redis=redis or self.redis, stdin=data, timeout=PATIENCE, **more)

    def open_pipe(self, *options, **more):
        """A `bucket pipe`, and the file that it reads, to write to and to close."""
        read_end, write_end = os.pipe()
        stdin = self.enterContext(open(write_end, "wb", buffering=0))
        running = self.start(*self.words("pipe", *options), stdin=read_end, **more)
        os.close(read_end)
        return running, stdin

    def level(self):
        return int(self.bucket_state()["level"])

    def wait_for_level(self, level):
        eventually(lambda: self.level() == level, PATIENCE, f"a level of {level}")

    def waiting(self, *words, **more):
        """A caller, started with these words, whose tokens are reserved."""
        before = self.due_times().keys()
        running = self.start(*words, **more)
        eventually(lambda: self.due_times().keys() != before, PATIENCE, "a reservation")
        return running
