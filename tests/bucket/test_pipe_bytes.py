"""`bucket pipe`: what comes out is what went in, to the byte."""

import os
import pathlib
import random
import threading
import unittest

from bucket.case import FAST, PATIENCE, BucketTest


def as_bytes(result):
    return result.out.encode("utf-8", "surrogateescape")


class Records(BucketTest):
    def assertPassed(self, data, *options, pace=FAST):
        result = self.pipe(data, *pace, *options)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertTrue(as_bytes(result) == data, f"{len(result.out)} bytes of {len(data)}, or others")

    def test_a_million_lines_arrive_byte_for_byte(self):
        rng = random.Random(1)
        lines = [rng.randbytes(rng.randint(0, 20)).replace(b"\n", b"") for _ in range(1_000_000)]
        self.assertPassed(b"\n".join(lines) + b"\n")

    def assertTook(self, tokens, data, *options):
        self.assertPassed(data, *options, pace=("-j", "10000"))  # and what comes back in an hour
        self.assertEqual(self.level(), 10000 - tokens)

    def test_a_last_line_without_newline_is_a_line(self):
        self.assertTook(2, b"one\ntwo")

    def test_empty_lines_are_lines(self):
        self.assertTook(3, b"\n\n\n")

    def test_empty_input_is_empty_output_and_takes_nothing(self):
        self.assertPassed(b"")
        self.assertEqual(self.bucket_state(), {})

    def test_records_may_end_with_nul(self):
        self.assertTook(3, b"a\nb\0\0last", "-0")

    def test_bytes_may_be_what_costs_tokens(self):
        data = bytes(range(256)) * 7 + b"end"
        self.assertTook(len(data), data, "--tokens-from-size")

    def test_a_line_above_the_capacity_is_paid_in_pieces_and_leaves_whole(self):
        options = ("-j", "10", "--refill-amount", "10", "--refill-frequency", "1ms", "--tokens-from-size")
        data = b"x" * 2000 + b"\nshort\n" + b"y" * 999
        result = self.pipe(data, *options)
        self.assertEqual((result.code, result.err, as_bytes(result)), (0, "", data))


class LargeRecords(BucketTest):
    SIZE = 100_000_000

    def test_a_line_of_100_mb_needs_little_memory(self):
        for options in ((), ("--tokens-from-size",)):
            with self.subTest(options):
                seen, most = self.pass_through(b"x" * 1_000_000, self.SIZE // 1_000_000, *options)
                self.assertEqual(seen, self.SIZE)
                self.assertLess(most, 50_000)

    def pass_through(self, piece, count, *options):
        """One line of so many pieces: its size at the other end, and the most memory it took by then, in kB."""
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        running, stdin = self.open_pipe(*FAST, *options, stdout=write_end)
        os.close(write_end)
        def feed():
            for _ in range(count):
                left = memoryview(piece)
                while left:
                    left = left[stdin.write(left):]
        feeder = threading.Thread(target=feed)
        feeder.start()
        seen = 0
        while seen < len(piece) * count:
            data = os.read(read_end, 1 << 20)
            self.assertEqual(data.count(b"x"), len(data))
            self.assertTrue(data, running.err())
            seen += len(data)
        feeder.join()
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        return seen, int(status.partition("VmHWM:")[2].split()[0])


class Ends(BucketTest):
    def test_closed_stdin_or_stdout_is_an_error_before_anything_is_read(self):
        for closed, said in (("<&-", "standard input"), (">&-", "standard output")):
            with self.subTest(closed):
                running = self.shell(f'"$LIMITERS" bucket pipe --name "$1" --rate 1/1h {closed}', self.name)
                self.assertRefused(running.wait(PATIENCE), 71, said, "closed")

    def test_a_reader_that_has_enough_ends_it_quietly(self):
        script = '''%s { yes | "$LIMITERS" bucket pipe --name "$1" --rate 1000/1s; echo $? >"$2"; } | head -1'''
        for before in ("", "trap '' PIPE;"):
            with self.subTest(before):
                code = self.folder / "code"
                result = self.shell(script % before, self.name, code).wait(PATIENCE)
                self.assertEqual((result.code, result.out), (0, "y\n"))
                self.assertEqual(code.read_text(), "141\n")
                self.assertEqual([line for line in result.err.splitlines() if "limiters" in line], [])

    def test_a_reader_that_goes_while_a_token_is_waited_for_ends_it_at_once(self):
        script = '''seq 9 | "$LIMITERS" bucket pipe --name "$1" --rate 1/1h | head -1'''
        self.assertSilent(self.shell(script, self.name).wait(PATIENCE), 0, "1\n")
        self.assertEqual(self.level(), 0)  # what it waited for went back

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            self.assertRefused(self.pipe(b"one\n", stdout=full.fileno()), 71, "standard output", "No space left")


if __name__ == "__main__":
    unittest.main()
