"""What a keeper keeps of the process that started it: nothing that anybody could wait for."""

import fcntl
import os
import re
import unittest

from cli.case import PATIENCE
from lease.case import LeaseTest
from process.case import alive
from support.wait import eventually

ACQUIRE = '"$LIMITERS" sem acquire --name "$1" -j 1 --expiry 1h --until-exit "$2"'


def open_files(pid):
    """{fd: what it is}, without numbers of inodes."""
    folder = f"/proc/{pid}/fd"
    found = {int(fd): os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)}
    return {fd: re.sub(r"^anon_inode:\[(\w+)\]$", r"\1", re.sub(r":\[\d+\]$", "", name)) for fd, name in found.items()}


class Keeper(LeaseTest):
    def run_script(self, text, *words, program="sh", **options):
        """The Result of a script; the keeper that it left holds for another process, and lives."""
        result = self.script(text, self.process().pid, *words, program=program, **options).wait(PATIENCE)
        self.assertTrue(alive(self.keeper()))
        return result

    def test_it_has_dev_null_its_connection_its_process_and_its_signals_open_and_no_more(self):
        with open(self.folder / "open", "w", encoding="utf-8") as file:
            options = {"pass_fds": [file.fileno()]}
            self.run_script(f'exec 5</etc/passwd; {ACQUIRE} 9>"$3"', self.folder / "other", **options)
        expected = ["/dev/null"] * 3 + ["pidfd", "signalfd", "socket"]
        keeper = self.keeper()
        eventually(lambda: sorted(open_files(keeper).values()) == expected, PATIENCE, "those files alone")
        self.assertEqual([open_files(keeper)[fd] for fd in range(3)], ["/dev/null"] * 3)

    def test_it_has_a_session_of_its_own_that_it_does_not_lead_and_no_terminal(self):
        self.kept()
        keeper = self.keeper()
        self.assertNotIn(os.getsid(keeper), (os.getsid(0), keeper))
        self.assertEqual(os.getpgid(keeper), os.getsid(keeper))
        with open(f"/proc/{keeper}/stat", encoding="utf-8") as f:
            self.assertEqual(f.read().rpartition(")")[2].split()[4], "0")

    def test_it_stands_in_the_root_folder(self):
        self.run_script(f'cd "$3" && {ACQUIRE}', self.folder)
        self.assertEqual(os.readlink(f"/proc/{self.keeper()}/cwd"), "/")

    def test_a_command_substitution_ends_at_once(self):
        for program in ("bash", "dash"):
            with self.subTest(program=program):
                result = self.run_script(f'lease=$({ACQUIRE} 2>&1); echo "<$lease>"', program=program)
                self.assertRegex(result.out, r"\A<sem\.\S+>\n\Z")
                self.release(result.out.strip("<>\n"))
                self.kill_keepers()

    def test_a_pipe_around_the_script_ends_with_the_script(self):
        result = self.run_script(f'{{ lease=$({ACQUIRE}); echo done; }} 2>&1 | cat; echo "cat ended"')
        self.assertEqual(result.out, "done\ncat ended\n")

    def test_a_lock_of_the_script_is_free_when_the_script_closes_it(self):
        self.run_script(f'exec 9>"$3"; flock 9; lease=$({ACQUIRE}); exec 9>&-; flock -n "$3" echo locked',
                        self.folder / "lock")
        with open(self.folder / "lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises if somebody has it

    def test_it_shows_its_process_to_status_as_the_holder(self):
        process, _, _ = self.kept()
        [id] = self.holders()
        self.assertEqual(self.record(id)[-2:], [str(process.pid), "sleep"])

    def test_nothing_of_it_is_left_after_its_end(self):
        process, _, keeper = self.kept()
        process.kill()
        self.assertEnds(keeper)
        self.assertEqual(self.keepers(), [])
        self.assertFree()


if __name__ == "__main__":
    unittest.main()
