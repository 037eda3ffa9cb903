"""Runs the program step by step, on x86-64: ptrace(2), as a debugger does it."""

import ctypes
import os

from support.tool import BINARY

TRACEME, PEEK, POKE, CONTINUE, STEP, GET_REGS, SYSCALL = 0, 1, 4, 7, 9, 12, 24
CALL, FIRST, RIP, FS_BASE = 15, 14, 16, 21  # of user_regs_struct, in words: a system call, its first argument…
WRITE, WRITEV = 1, 20
GUARD = 0x28  # from FS_BASE, the word that guards the stack

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class Traced:
    """`limiters --version`, whose stderr can be a descriptor."""

    def __init__(self, stderr=2):
        self.pid = os.fork()
        if self.pid == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(stderr, 2)
            _libc.ptrace(TRACEME, 0, None, None)
            os.execv(BINARY, [BINARY, "--version"])
        self._registers = (ctypes.c_uint64 * 27)()
        self._wait()

    def step(self):
        """One instruction; False at its end."""
        _libc.ptrace(STEP, self.pid, None, None)
        return self._wait()

    def go_to_its_words(self):
        """Up to the call that writes to stdout."""
        while not (self.register(CALL) in (WRITE, WRITEV) and self.register(FIRST) == 1):
            _libc.ptrace(SYSCALL, self.pid, None, None)
            if not self._wait():
                raise AssertionError("it has written nothing")

    def go_on(self):
        """To its end: as Popen.returncode says it."""
        sent = 0
        while os.WIFSTOPPED(self._status):
            _libc.ptrace(CONTINUE, self.pid, None, sent)
            self._wait()
            sent = os.WSTOPSIG(self._status)
        return os.waitstatus_to_exitcode(self._status)

    def register(self, number):
        _libc.ptrace(GET_REGS, self.pid, None, ctypes.addressof(self._registers))
        return self._registers[number]

    def word(self, address):
        return _libc.ptrace(PEEK, self.pid, address, None) % 2**64

    def set_word(self, address, word):
        _libc.ptrace(POKE, self.pid, address, word)

    def _wait(self):
        self._status = os.waitpid(self.pid, 0)[1]
        return os.WIFSTOPPED(self._status)
