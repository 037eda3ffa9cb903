"""Holds a process at a step that is too short to be met by chance: ptrace(2), as a debugger does it."""

import ctypes
import os
import platform
import signal
import unittest

SYSCALL, DETACH, GET_EVENT_MESSAGE, SEIZE, INTERRUPT, GET_SYSCALL_INFO = 24, 17, 0x4201, 0x4206, 0x4207, 0x420E
TRACE_SYSCALLS, TRACE_FORKS = 1, 2  # options
FORKED, SYSCALL_STOP = 1, signal.SIGTRAP | 0x80
WALL = 0x40000000
NUMBERS = {"x86_64": {44: "sendto", 45: "recvfrom", 56: "clone", 59: "execve"},
           "aarch64": {206: "sendto", 207: "recvfrom", 220: "clone", 221: "execve"}}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request, pid, address=None, data=None):
    result = _libc.ptrace(request, pid, address, data)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x}")
    return result


def hold(pid):
    """The Held process, wherever it is; a child of ours. Skips the test where nobody may trace."""
    try:
        _ptrace(SEIZE, pid, data=TRACE_SYSCALLS | TRACE_FORKS)
    except PermissionError as e:
        raise unittest.SkipTest(f"this machine does not allow it: {e}") from None
    _ptrace(INTERRUPT, pid)
    return Held(pid)


class Held:
    """It stands still until it is told how far to go. Ask nobody else to wait for its end before let_go()."""

    def __init__(self, pid):
        self.pid = pid
        self._stop = self._wait()

    def go_to(self, *names):
        """Up to the entry of the next system call of one of these names: which one."""
        while not (self._stop == (SYSCALL_STOP, 0) and self._call() in names):
            self._go_on()
        return self._call()

    def go_to_fork(self):
        """Until it has a child; the Held child, which has done nothing yet."""
        while self._stop[1] != FORKED:
            self._go_on()
        message = ctypes.c_ulong()
        _ptrace(GET_EVENT_MESSAGE, self.pid, data=ctypes.addressof(message))
        return Held(message.value)

    def let_go(self):
        try:
            _ptrace(DETACH, self.pid)
        except ProcessLookupError:  # it was killed where it stood
            os.waitpid(self.pid, WALL)

    def _go_on(self):
        number, event = self._stop
        is_signal = not event and number != SYSCALL_STOP
        _ptrace(SYSCALL, self.pid, data=number if is_signal else 0)
        self._stop = self._wait()

    def _wait(self):
        """The signal and the event it stopped for."""
        _, status = os.waitpid(self.pid, WALL)
        if not os.WIFSTOPPED(status):
            raise AssertionError(f"process {self.pid} has ended: {os.waitstatus_to_exitcode(status)}")
        return os.WSTOPSIG(status), status >> 16

    def _call(self):
        """The name of the system call at whose entry it stands, if it is one that counts here."""
        info = (ctypes.c_uint8 * 88)()
        _ptrace(GET_SYSCALL_INFO, self.pid, len(info), ctypes.addressof(info))
        number = int.from_bytes(bytes(info[24:32]), "little") if info[0] == 1 else None
        return NUMBERS[platform.machine()].get(number)
