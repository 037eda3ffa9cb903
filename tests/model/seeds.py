"""Seeds of the random tests: new ones at each run, printed when a test fails.

LIMITERS_SEED=N runs that one seed alone; LIMITERS_SECONDS=N runs each test for so long (a few seconds are usual). For an
hour of the semaphore's 16, from this folder's parent: LIMITERS_SECONDS=225 python3 -m unittest model.test_semaphore_model
"""

import os
import random
import time


def run_seeds(test, run, seconds):
    """run(random.Random(seed)) for new seeds until the time is up; a failure names its seed."""
    given = os.environ.get("LIMITERS_SEED")
    if given:
        return run(random.Random(int(given)))
    seconds = float(os.environ.get("LIMITERS_SECONDS", seconds))
    end, count = time.monotonic() + seconds, 0
    while count < 3 or time.monotonic() < end:
        seed = random.SystemRandom().randrange(10**9)
        try:
            run(random.Random(seed))
        except Exception as e:
            e.add_note(f"to see it again: LIMITERS_SEED={seed}, {test.id()}")
            raise
        count += 1
