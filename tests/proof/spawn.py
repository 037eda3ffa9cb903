"""posix_spawn that lets other threads run: Python's own holds its lock until the child has begun, which takes long on a busy machine."""

import ctypes
import os

SETSIGDEF, SETSID = 0x04, 0x80  # of <spawn.h>
ROOM = 1024                     # bytes; more than any of the C library's structures here needs

_libc = ctypes.CDLL(None, use_errno=True)


def spawn(command, env, streams, signals):
    """The pid of a process in a session of its own. streams: what os.posix_spawn takes as file_actions; signals: those set to default."""
    actions, attributes, defaults = (ctypes.create_string_buffer(ROOM) for _ in range(3))
    _libc.posix_spawn_file_actions_init(actions)
    _libc.posix_spawnattr_init(attributes)
    _libc.sigemptyset(defaults)
    for number in signals:
        _libc.sigaddset(defaults, int(number))
    _libc.posix_spawnattr_setsigdefault(attributes, defaults)
    _libc.posix_spawnattr_setflags(attributes, ctypes.c_short(SETSIGDEF | SETSID))
    for action in streams:
        if action[0] == os.POSIX_SPAWN_OPEN:
            _libc.posix_spawn_file_actions_addopen(actions, action[1], os.fsencode(action[2]), action[3], action[4])
        else:
            _libc.posix_spawn_file_actions_adddup2(actions, action[1], action[2])
    pid = ctypes.c_int()
    code = _libc.posix_spawn(ctypes.byref(pid), os.fsencode(command[0]), actions, attributes, words(command),
                             words(f"{name}={value}" for name, value in env.items()))
    _libc.posix_spawn_file_actions_destroy(actions)
    _libc.posix_spawnattr_destroy(attributes)
    if code:
        raise OSError(code, os.strerror(code), command[0])
    return pid.value


def words(texts):
    encoded = [os.fsencode(text) for text in texts]
    return (ctypes.c_char_p * (len(encoded) + 1))(*encoded, None)
