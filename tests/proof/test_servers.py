"""The servers of a run do what a schedule says, and no more."""

import contextlib
import threading
import unittest

from schedule import Fault
from servers import Single
from support.resp import RedisError
from support.wait import eventually


class Restarts(unittest.TestCase):
    def test_one_with_saved_data_has_all_that_was_answered_before(self):
        for pick in (0.1, 0.9):  # stopped, killed
            with self.subTest(pick=pick), Single() as server:
                answers = []
                writer = threading.Thread(target=self.write, args=(server.client(), answers))
                writer.start()
                eventually(lambda: answers, 10, "an answer")
                server.do(Fault(0, "restart saved", 0.1, pick, 0.5), lambda why: contextlib.nullcontext())
                writer.join(10)
                self.assertGreaterEqual(int(server.call("GET", "n")), answers[-1])

    def write(self, client, answers):
        with client, contextlib.suppress(OSError, RedisError):
            while True:
                answers.append(client.call("EVAL", "return redis.call('INCR', 'n')", 0))


if __name__ == "__main__":
    unittest.main()
