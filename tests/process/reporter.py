"""Prints `ready`, then a line for each signal: its number, the time, its sender. With the word `beat` it also prints
`alive` and the time again and again; with the word `poke` it sends its parent a signal first."""

import os
import signal
import sys
import time

signals = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
if "poke" in sys.argv:
    os.kill(os.getppid(), signal.SIGUSR1)
print("ready", flush=True)
while True:
    info = signal.sigtimedwait(signals, 0.01 if "beat" in sys.argv else 1000)
    if info:
        print(info.si_signo, time.time(), info.si_pid, flush=True)
    elif "beat" in sys.argv:
        print("alive", time.time(), flush=True)
