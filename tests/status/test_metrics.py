"""limiters status --metrics: what Prometheus reads, by the rules of its text format."""

import json
import os
import re
import stat
import subprocess
import unittest

from cli.case import PATIENCE
from status.case import StatusTest

# Debian's python3-prometheus-client, which is there for Debian's own Python.
PARSER = """
import json, sys
from prometheus_client.parser import text_string_to_metric_families as families
print(json.dumps([(s.name, s.labels["name"], s.value) for family in families(sys.stdin.read()) for s in family.samples]))
"""

NAME = r"[a-z][a-z0-9_]*[a-z0-9]"
SAMPLE = re.compile(rf'({NAME})\{{name="((?:[^"\\\n]|\\[\\"n])*)"\}} (-?[0-9]+(?:\.[0-9]+)?)')


def parsed(text):
    """{metric: (type, {name of the limiter: value})}; fails where the text breaks a rule of the format or a convention:
    https://prometheus.io/docs/instrumenting/exposition_formats/ and /docs/practices/naming/"""
    metrics, current = {}, None
    if text and not text.endswith("\n"):
        raise AssertionError("the last line has no end")
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# HELP "):
            current, words = line.split(" ", 3)[2:]
            if not re.fullmatch(NAME, current) or current in metrics or not words.endswith("."):
                raise AssertionError(f"a bad HELP: {line}")
            type_of = re.fullmatch(rf"# TYPE {current} (counter|gauge)", next(lines))
            if not type_of or (type_of[1] == "counter") != current.endswith("_total"):
                raise AssertionError(f"a bad TYPE of {current}")
            metrics[current] = (type_of[1], {})
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample or sample[1] != current:
            raise AssertionError(f"not a sample of {current}: {line}")
        name = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], sample[2])
        if name in metrics[current][1]:
            raise AssertionError(f"twice: {line}")
        if metrics[current][0] == "counter" and float(sample[3]) < 0:
            raise AssertionError(f"a counter below 0: {line}")
        metrics[current][1][name] = float(sample[3])
    return metrics


class Metrics(StatusTest):
    def metrics(self, *words):
        result = self.status("--metrics", *words)
        self.assertEqual((result.code, result.err), (0, ""))
        return parsed(result.out)

    def of_mine(self, kind):
        return {name.removeprefix(f"limiters_{kind}_"): values[self.name] for name, (_, values) in self.metrics().items()
                if self.name in values and name.startswith(f"limiters_{kind}_")}

    def test_a_semaphore(self):
        self.sem("--capacity", "3")
        self.holder("--capacity", "3", "--weight", "3")
        self.waiter("--capacity", "3")
        self.sem("-n", "--capacity", "3")
        told = self.of_mine("semaphore")
        held = told.pop("held_seconds_total")
        self.assertTrue(0 < held < 60, held)
        self.assertEqual(told, {"slots": 3, "used_slots": 3, "holders": 1, "waiters": 1, "granted_total": 2, "waits_total": 0,
                                "waited_seconds_total": 0, "refused_total": 1, "expired_total": 0, "lost_total": 0,
                                "superseded_total": 0})

    def test_a_bucket(self):
        self.tokens(3)
        told = self.of_mine("bucket")
        self.assertTrue(10_000 < told.pop("waited_seconds_total") <= 10_800)
        self.assertEqual(told, {"capacity_tokens": 1, "tokens": -2, "granted_tokens_total": 3, "returned_tokens_total": 0})

    def test_the_parser_of_prometheus_reads_the_same(self):
        self.sem("--capacity", "3")
        self.tokens(2, name=f'{self.name} "\\')
        text = self.status("--metrics").out
        read = subprocess.run(["/usr/bin/python3", "-c", PARSER], input=text, capture_output=True, text=True, check=True,
                              timeout=PATIENCE).stdout
        samples = {(metric, name, value) for metric, (_, values) in parsed(text).items() for name, value in values.items()}
        self.assertEqual({(metric, name, float(value)) for metric, name, value in json.loads(read)}, samples)

    def test_each_metric_stands_once_with_all_its_limiters(self):
        for name in ("a", "b"):
            self.sem("--name", f"{self.name}-{name}")
            self.bucket("--name", f"{self.name}-{name}")
        for _, values in self.metrics(f"{self.name}-*").values():
            self.assertEqual(list(values), [f"{self.name}-a", f"{self.name}-b"])

    def test_any_name_is_a_label(self):
        for name in ('"', "\\", "a\\n", "日本", "\udcff", "a=b,c", "#"):
            self.sem("--name", self.name + name)
        names = {name.removeprefix(self.name) for name in self.metrics(self.name + "*")["limiters_semaphore_slots"][1]}
        self.assertEqual(names, {'"', "\\", "a\\n", "日本", r"\xff", "a=b,c", "#"})

    def test_names_that_look_alike_are_two_labels(self):
        # One sample that stands twice, and the collector refuses the whole file.
        for name in ("\udcff", r"\xff"):
            self.sem("--name", self.name + name)
        self.assertEqual(len(self.metrics(self.name + "*")["limiters_semaphore_slots"][1]), 2)

    def test_nothing_is_nothing(self):
        self.assertEqual(self.metrics("no-such-limiter"), {})


class File(StatusTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "limiters.prom"

    def write(self, *words, **more):
        return self.status("--metrics", "-o", self.file, *words, **more)

    def test_has_the_metrics_and_can_be_read_by_others(self):
        self.sem()
        self.assertSilent(self.write())
        self.assertIn("limiters_semaphore_slots", parsed(self.file.read_text()))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o666 & ~self.umask())

    def umask(self):
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_is_replaced_and_never_written_over(self):
        self.file.write_text("old")
        with self.file.open() as old:
            self.assertSilent(self.write())
            self.assertEqual(old.read(), "old")
        self.assertNotEqual(self.file.read_text(), "old")
        self.assertEqual(os.listdir(self.folder), [self.file.name])

    def test_stays_where_the_server_is_away(self):
        self.file.write_text("old")
        self.assertRefused(self.write("--redis-timeout", "50ms", redis=f"unix://{self.folder}/nothing"), 69)
        self.assertEqual(self.file.read_text(), "old")

    def test_in_a_folder_that_is_not_there_is_71(self):
        self.file = self.folder / "none" / "limiters.prom"
        self.assertRefused(self.write(), 71, str(self.file), "No such file")

    def test_takes_the_place_of_no_device_pipe_link_or_folder(self):
        kinds = {"a pipe": os.mkfifo, "a folder": os.mkdir, "a link": lambda path: os.symlink("elsewhere", path)}
        for kind, make in kinds.items():
            with self.subTest(kind):
                self.file = self.folder / kind
                make(self.file)
                before = self.file.lstat()
                self.assertRefused(self.write(), 71, str(self.file), "no regular file")
                self.assertEqual((self.file.lstat().st_ino, self.file.lstat().st_mode), (before.st_ino, before.st_mode))
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(kinds))

    def test_is_not_for_other_forms(self):
        for words in (["-o", "x"], ["--json", "-o", "x"], ["--json", "--metrics"]):
            self.assertRefused(self.status(*words), 64, "--metrics")

    def test_a_file_without_a_name_is_refused(self):
        self.assertRefused(self.status("--metrics", "-o", ""), 64, "--output", "'' is none")


if __name__ == "__main__":
    unittest.main()
