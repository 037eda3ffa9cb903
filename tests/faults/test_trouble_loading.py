"""A server that was restarted with its data, and reads them for a long time: LOADING."""

import random
import unittest

from faults.trouble import AtEachStep, TroubleTest
from support.wait import eventually


class Loading(AtEachStep, TroubleTest):
    said = "it is loading its data"
    short = "3s"  # between two keys it answers, one connection at a time
    config = {"key-load-delay": "20000", "loading-process-events-interval-bytes": "1024", "rdbcompression": "no"}

    def begin(self):
        for i in range(2000):
            self.control.send("SET", f"ballast-{i}", random.randbytes(1100), "EX", "86400")
        for _ in range(2000):
            self.control.read()
        self.server.save()
        self.server.kill()
        self.server._launch()  # start() would wait until all is read
        self.control = eventually(lambda: self.enterContext(self.server.client()))
        eventually(lambda: "loading:1" in self.control.call("INFO", "persistence"))

    def end(self):
        self.control.call("CONFIG", "SET", "key-load-delay", "0")
        eventually(lambda: "loading:0" in self.control.call("INFO", "persistence"))


if __name__ == "__main__":
    unittest.main()
