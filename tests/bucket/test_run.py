"""`bucket run`: CMD takes the place of limiters when its tokens are due."""

import unittest

from bucket.case import PATIENCE, BucketTest
from support.tool import BINARY, limiters


class InPlace(BucketTest):
    def test_command_is_the_same_process(self):
        running = self.start(*self.bucket_words(command=["sh", "-c", "echo $$"]))
        result = running.wait(PATIENCE)
        self.assertSilent(result, 0, f"{running.pid}\n")

    def test_command_is_the_same_process_after_a_wait(self):
        self.bucket("--rate", "20/s")
        running = self.start(*self.bucket_words("--rate", "20/s", command=["sh", "-c", "echo $$"]))
        self.assertSilent(running.wait(PATIENCE), 0, f"{running.pid}\n")

    def test_command_is_the_same_process_where_the_limit_may_be_ignored(self):
        running = self.start(*self.bucket_words("--on-unavailable", "run", "-q", "--redis-timeout", "50ms",
                                                command=["sh", "-c", "echo $$"]), redis=f"unix://{self.folder}/nothing")
        self.assertSilent(running.wait(PATIENCE), 0, f"{running.pid}\n")

    def test_command_sees_the_name_and_its_wait(self):
        show = ["sh", "-c", 'echo "$LIMITERS_NAME/$LIMITERS_WAITED_MS"']
        waits = []
        for _ in range(2):
            name, _, waited = self.bucket("--rate", "10/3s", command=show).out.strip().rpartition("/")
            self.assertEqual(name, self.name)
            waits.append(int(waited))
        first, second = self.due_times().values()
        self.assertEqual(second - first, 300_000)

    def test_a_bucket_inside_a_semaphore_keeps_both_names_apart(self):
        show = ["sh", "-c", 'echo "$LIMITERS_NAME/${LIMITERS_LEASE:+held}/${LIMITERS_FENCE:+fenced}"']
        inner = [BINARY, "--redis", self.redis, *self.bucket_words("--rate", "10/s", command=show)]
        result = limiters("sem", "run", "--name", "outer", "--capacity", "1", "--", *inner, redis=self.redis)
        self.assertEqual((result.code, result.out, result.err), (0, f"{self.name}/held/fenced\n", ""))


if __name__ == "__main__":
    unittest.main()
