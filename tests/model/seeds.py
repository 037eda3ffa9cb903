"""Seeds of the random tests: new ones at each run, each printed before it is played, and again when it fails.

LIMITERS_SEED=N runs that one seed alone; LIMITERS_SECONDS=N runs each test for so long (a few seconds are usual). For an
hour of the semaphore's 16, from this folder's parent: LIMITERS_SECONDS=225 python3 -m unittest model.test_semaphore_model
"""

import os
import random
import time


def run_seeds(test, run, seconds):
    """run(random.Random(seed)) for new seeds until the time is up."""
    given = os.environ.get("LIMITERS_SEED")
    if given:
        return run(random.Random(int(given)))
    seconds = float(os.environ.get("LIMITERS_SECONDS", seconds))
    end = time.monotonic() + seconds
    while True:
        seed = random.SystemRandom().randrange(10**9)
        print(f"{test.id()}: LIMITERS_SEED={seed}", flush=True)  # now, since who runs out of time says nothing any more
        try:
            run(random.Random(seed))
        except Exception as e:
            e.add_note(f"to see it again: LIMITERS_SEED={seed}, {test.id()}")
            raise
        if time.monotonic() >= end:
            return
