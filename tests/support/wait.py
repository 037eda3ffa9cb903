"""Wait for an event, never for a time."""

import time


def eventually(condition, timeout=10, what=None):
    """Call condition() every few milliseconds until it is true, and return what it returned.

    An exception counts as "not yet"; the last one is shown when the time is up.
    """
    deadline = time.monotonic() + timeout
    while True:
        value, error = None, None
        try:
            value = condition()
        except Exception as e:  # a refused connection, a file that is not there yet
            error = e
        if value:
            return value
        if time.monotonic() >= deadline:
            name = what or getattr(condition, "__name__", "the condition")
            seen = f"it raised {error!r}" if error else f"it was {value!r}"
            raise AssertionError(f"waited {timeout} s for {name}: {seen}")
        time.sleep(0.005)
