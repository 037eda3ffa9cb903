"""CMD gets its words byte for byte."""

import sys
import unittest

from cli.case import CliTest

# Each word as hex, for what no terminal and no text file could show.
SHOW = [sys.executable, "-ISc", "import os, sys; print([os.fsencode(a).hex() for a in sys.argv[1:]])"]


class Arguments(CliTest):
    def assertPassed(self, *words):
        words = [word if isinstance(word, bytes) else word.encode() for word in words]
        shown = f"{[word.hex() for word in words]}\n"
        for result in self.both(command=[*SHOW, *words]):
            self.assertSilent(result, 0, shown)
            self.server.call("DEL", self.bucket_key)  # its token is spent

    def test_every_byte_but_nul_in_one_word(self):
        self.assertPassed(bytes(range(1, 256)))

    def test_every_byte_but_nul_as_a_word_of_its_own(self):
        self.assertPassed(*(bytes([byte]) for byte in range(1, 256)))

    def test_empty_words(self):
        self.assertPassed("", "a", "", "", "b", "")

    def test_no_word_at_all(self):
        self.assertPassed()

    def test_inner_dashes(self):
        self.assertPassed("--", "a", "--", "--")

    def test_bracketed_words(self):
        self.assertPassed("[.a,.b]", "[]", "[", "]", "[a", "a]", "[[a,b],[c]]", "{a,b}", "['a','b']", '["a", "b"]', "[a b]")

    def test_words_that_are_options_of_limiters(self):
        self.assertPassed("-j", "9", "--capacity=9", "--name", "other", "-q", "-v", "-n", "--help", "-h", "--version",
                          "--redis", "redis://other", "-E0", "--config", "x", "sem", "run", "bucket")

    def test_words_that_mean_something_to_a_shell_or_to_a_response_file_parser(self):
        self.assertPassed("$HOME", "`id`", "$(id)", "*", "~", "a b", "'", '"', "\\", "\\n", "!x", "#", ";", "&", "|", ">x",
                          "@file", "%s", "%", "=", "a=b", "-", "---", "+x", "/x", "é", b"\xff\xfe")

    def test_newlines_and_control_characters(self):
        self.assertPassed("\n", "a\nb\n", "\r\n", "\t", "\x1b[31m", "\x7f", "\x01")

    def test_a_word_of_100_kb(self):
        self.assertPassed("x" * 100_000)

    def test_ten_thousand_words(self):
        self.assertPassed(*(str(i) for i in range(10_000)))

    def test_the_program_sees_the_word_it_was_called_by(self):
        (self.folder / "other name").symlink_to("/bin/sh")
        for result in self.both(command=["other name", "-c", "cat /proc/$$/cmdline"],
                                env={"PATH": f"{self.folder}:/usr/bin:/bin"}):
            self.assertSilent(result, 0, "other name\0-c\0cat /proc/$$/cmdline\0")


if __name__ == "__main__":
    unittest.main()
