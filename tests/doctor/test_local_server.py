"""Nobody names a Redis: doctor looks at the private local server, and starts it as any other command would."""

import json
import unittest

from doctor.case import VALIDATOR
from support.machine import TOOL, Machine

SOCKET = "/run/limiters/redis.sock"


class LocalServer(unittest.TestCase):
    def setUp(self):
        self.machine = Machine.make()
        if self.machine is None:
            self.skipTest("needs root, or users that may make namespaces")
        self.addCleanup(self.machine.close)

    def doctor(self):
        result = self.machine.run(TOOL, "-q", "doctor", "--json")
        report = json.loads(result.out)
        VALIDATOR.validate(report)
        return result, report

    def test_limits_hold_for_this_user_and_that_is_all_there_is_to_say(self):
        result, report = self.doctor()
        self.assertEqual((result.code, result.err), (0, ""))
        [finding] = report["findings"]
        self.assertRegex(finding["text"], "this user on this host only.*--redis")
        [node] = report["nodes"]
        self.assertEqual(node["address"], SOCKET)
        self.assertEqual(len(self.machine.servers()), 1)

    def test_a_folder_that_is_not_safe_is_71(self):
        self.machine.path("/run/limiters").mkdir(mode=0o777)
        self.machine.path("/run/limiters").chmod(0o777)
        result, report = self.doctor()
        self.assertEqual((result.code, result.err), (71, ""))
        self.assertIn("/run/limiters", report["findings"][-1]["text"])
        self.assertEqual(report["nodes"], [])


if __name__ == "__main__":
    unittest.main()
