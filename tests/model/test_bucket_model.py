"""Random calls of a bucket, against a bucket in whole numbers and against the bound of every window."""

import copy
import time
import unittest

from lua.bucket import NEVER
from lua.scripts import HOUR, MILLISECOND, MINUTE, SECOND, Bucket, ScriptTest, new_id
from model.reference import ReferenceBucket, excess
from model.seeds import run_seeds


class BucketModel(ScriptTest):
    """The server's clock stands still but for let_pass(), so that a play is the same again by its seed."""

    def setUp(self):
        self.clock = time.time_ns() // 1000
        super().setUp()

    def let_pass(self, span):
        self.clock += span
        self.server.freeze_clock(self.clock)

    def test_every_call_is_due_exactly_when_the_reference_says(self):
        run_seeds(self, lambda rng: Run(self, rng).play(), 3)

    def test_no_window_has_more_tokens_than_the_bound_whatever_the_clock_does_backwards(self):
        run_seeds(self, lambda rng: Run(self, rng, steps_back=True).play(), 3)

    def test_a_clock_that_steps_forward_gives_at_most_one_capacity_more(self):
        run_seeds(self, lambda rng: Run(self, rng, steps_forward=True).play(), 3)

    def test_callers_with_different_parameters_keep_the_bound_between_changes(self):
        run_seeds(self, lambda rng: Run(self, rng, changes=0.04).play(), 3)

    def test_callers_that_take_turns_with_different_parameters_are_due_as_the_reference_says(self):
        run_seeds(self, lambda rng: Run(self, rng, changes=0.4).play(), 3)


    def test_lines_of_callers_that_give_up_in_any_order_give_back_all_that_nobody_uses(self):
        run_seeds(self, lambda rng: Run(self, rng, crowds=True).play(), 3)

    def test_lines_that_give_up_keep_the_bound_between_changes(self):
        run_seeds(self, lambda rng: Run(self, rng, crowds=True, changes=0.04).play(), 3)

    def test_lines_that_give_up_keep_the_bound_whatever_the_clock_does_backwards(self):
        run_seeds(self, lambda rng: Run(self, rng, crowds=True, steps_back=True).play(), 3)

    def test_pauses_let_nothing_fall_due_and_all_else_is_as_if_it_had_been_asked_at_their_end(self):
        run_seeds(self, lambda rng: Run(self, rng, pauses=0.2).play(), 4)

    def test_pauses_keep_the_bound_with_lines_that_give_up(self):
        run_seeds(self, lambda rng: Run(self, rng, pauses=0.1, crowds=True).play(), 4)

    def test_pauses_keep_the_bound_between_changes(self):
        run_seeds(self, lambda rng: Run(self, rng, pauses=0.1, changes=0.04).play(), 3)


class Run:
    CALLS = 60

    def __init__(self, test, rng, steps_back=False, steps_forward=False, changes=0.0, crowds=False, pauses=0.0):
        self.test, self.rng, self.crowds = test, rng, crowds
        self.steps_back, self.steps_forward, self.changes = steps_back, steps_forward, changes
        capacity, amount, frequency = self.parameters()
        self.bucket = test.bucket(capacity=capacity, amount=amount, frequency=frequency)
        self.reference = None
        self.pauses = pauses    # how often somebody pauses the bucket or takes the pause back
        self.paused_until = 0
        self.moved = 0          # to this moment the bucket has gone ahead, when something was promised in a pause
        self.skew = 0           # server clock - true time
        self.grants = {}        # id -> (due in true time, tokens), since the last change or step forward
        self.line = []          # ids that wait, or gave up, since the last that did not have to; the newest last
        self.gave_up = {}       # id -> its tokens, while they have not gone back

    def parameters(self):
        rng = self.rng
        capacity = rng.choice((1, 2, 3, rng.randint(1, 30)))
        frequency = rng.choice((50 * MILLISECOND, SECOND, rng.randint(20 * MILLISECOND, 3 * SECOND), MINUTE, 7 * HOUR))
        return capacity, rng.choice((1, 1, 2, capacity, capacity + 3)), frequency

    def play(self):
        for _ in range(self.CALLS):
            self.test.let_pass(self.rng.randrange(MILLISECOND))
            roll = self.rng.random()
            if self.steps_back and roll < 0.06:
                self.step(-self.rng.choice((MILLISECOND, self.span(), HOUR)))
            elif self.steps_forward and roll < 0.06:
                self.step(self.rng.choice((MILLISECOND, self.span(), HOUR)))
            elif self.rng.random() < self.pauses:
                self.pause()
            elif self.rng.random() < self.changes:
                self.change()
            elif roll < (0.6 if self.crowds else 0.2):
                self.cancel()
            elif roll < (0.65 if self.crowds else 0.25):
                self.repeat()
            else:
                self.acquire()
            if self.rng.random() < (0.1 if self.crowds else 0.5):
                self.test.let_pass(self.span())
        self.check_bound()

    def span(self):
        steps = self.rng.choice((0.1, 0.5, 1, 1, 2, 5))
        return int(self.rng.random() * steps * self.bucket.frequency)

    def server_time(self):
        seconds, micros = self.test.client.call("TIME")
        return int(seconds) * SECOND + int(micros)

    def acquire(self):
        tokens = self.rng.choice((1, 1, self.rng.randint(1, self.bucket.capacity)))
        max_wait = self.rng.choice((NEVER, 0, self.span(), self.span()))
        self.notice_end_of_key()
        id, before, earliest = new_id(), self.bucket.all(), self.server_time()
        stepped_back = self.reference is not None and self.bucket.get("refilled_at") > self.asked_at(earliest)
        state, wait, _ = self.bucket.acquire(id, tokens=tokens, max_wait=max_wait)
        latest = self.server_time()
        if state == Bucket.REFUSED:
            if stepped_back:
                self.reference.advance(self.bucket.get("refilled_at"))
                self.test.assertEqual(self.bucket.get("level"), self.reference.level)
            else:
                self.test.assertEqual(self.bucket.all(), before, "a refused call changed something")
            self.test.assertGreater(wait, max_wait)
            self.test.assertGreaterEqual(max_wait, 0)
            self.check_refusal(tokens, wait, earliest, latest)
            return
        self.test.assertEqual(state, Bucket.RESERVED)
        self.test.assertTrue(max_wait == NEVER or wait <= max_wait)
        due = self.bucket.due(id)
        now = due - wait
        self.test.assertTrue(earliest <= now <= latest)
        at = self.asked_at(now)
        self.reference = self.reference_at(now)
        self.test.assertEqual(due, self.reference.due(tokens, at))
        self.test.assertGreaterEqual(due, self.paused_until, "it is due in the pause")
        self.reference.take(tokens)
        self.moved = max(self.moved, at if at > now else 0)
        self.test.assertEqual(self.bucket.get("level"), self.reference.level)
        self.grants[id] = (due - self.skew, tokens)
        self.line = self.line + [id] if due > now else []

    def notice_end_of_key(self):
        """No key is a full bucket; it must have been full by then, unless the clock was stepped."""
        if self.reference and not self.test.client.call("HEXISTS", self.bucket.key, "level"):
            if not self.skew:
                self.reference.advance(self.server_time())
                self.test.assertEqual(self.reference.level, self.reference.capacity, "the key ended too early")
            self.reference = None

    def check_refusal(self, tokens, wait, earliest, latest):
        # The instant of the call is known to lie between the two: try both sides of a step of the bucket.
        dues = {self.reference_at(now).due(tokens, self.asked_at(now)) for now in (earliest, latest)}
        self.test.assertTrue(any(earliest <= due - wait <= latest for due in dues), "refused for a wrong wait")

    def reference_at(self, now):
        """What the reference would be after a call at this instant."""
        parameters = self.bucket.capacity, self.bucket.amount, self.bucket.frequency
        at = self.asked_at(now)
        reference = copy.copy(self.reference) or ReferenceBucket(*parameters, at)
        if at > now:
            reference.advance(at)
            reference.last_step = at
        if self.changed():
            reference.change(*parameters, at)
        return reference

    def asked_at(self, now):
        return max(now, self.paused_until, self.moved)

    def pause(self):
        promised = {id: self.bucket.due(id) for id in self.grants if self.bucket.record(id)}
        self.bucket.order("pause", self.rng.choice((0, MILLISECOND, self.span() + 1, 3 * self.span() + 1)))
        text = self.test.client.call("HGET", self.bucket.key, "pause")
        self.paused_until = int(text.split()[1]) if text else 0
        self.test.assertEqual(promised, {id: self.bucket.due(id) for id in promised}, "a promise has changed")

    def changed(self):
        r, b = self.reference, self.bucket
        return r is not None and (r.capacity, r.amount, r.frequency) != (b.capacity, b.amount, b.frequency)

    def cancel(self):
        """Somebody of the line gives up; what all at its end have given up goes back."""
        waiting = [id for id in self.line if id in self.grants]
        self.notice_end_of_key()
        if not waiting or self.reference is None or self.changed():
            return
        id = self.rng.choice((waiting[-1], self.rng.choice(waiting)))
        due, tokens = self.grants[id]
        earliest = self.server_time()
        back = self.bucket.cancel(id, tokens=tokens)
        latest = self.server_time()
        # Between the two instants the script alone knows which it was.
        if due + self.skew > latest or due + self.skew > earliest and len(self.bucket.record(id)) == 1:
            self.gave_up[id] = tokens
            del self.grants[id]
        gone_back = 0
        while self.line and self.line[-1] in self.gave_up:
            gone_back += self.gave_up.pop(self.line.pop())
        self.test.assertEqual(back, gone_back)
        # The last step of the bucket is also that of the reference; if it is full now, that is the instant of the call.
        last_step = self.bucket.get("refilled_at")
        self.reference.advance(last_step)
        self.reference.level += back
        self.reference.advance(last_step)
        self.test.assertEqual(self.bucket.get("level"), self.reference.level)
        self.test.assertEqual(self.bucket.cancel(id, tokens=tokens), 0)

    def repeat(self):
        """A reservation that is not due yet is known, and charged once."""
        now = self.server_time()
        ids = [id for id in self.line if id in self.grants and self.grants[id][0] + self.skew > now + SECOND]
        if ids:
            id = self.rng.choice(ids)
            level = self.bucket.get("level")
            wait = self.bucket.reserve(id, tokens=self.grants[id][1])
            self.test.assertTrue(now <= self.grants[id][0] + self.skew - wait <= self.server_time())
            self.test.assertEqual(self.bucket.get("level"), level)

    def step(self, span):
        """The server's clock jumps; true time does not."""
        self.test.let_pass(span)
        self.skew += span
        self.line = []  # after a step back it is not known who was due; after one forward they are
        if span > 0:
            self.check_bound()
            # Callers that wait go on waiting: of what was promised, all may come on top of what is granted from now on.
            self.grants = {}

    def change(self):
        self.check_bound()
        capacity, amount, frequency = self.parameters()
        self.bucket = self.rng.choice((
            self.bucket.changed(capacity=capacity, amount=amount, frequency=frequency), self.bucket.changed(capacity=capacity),
            self.bucket.changed(amount=amount), self.bucket.changed(frequency=frequency)))
        self.grants, self.line = {}, []

    def check_bound(self):
        b = self.bucket
        self.test.assertLessEqual(excess(self.grants.values(), b.capacity, b.amount, b.frequency), 0, "the bound is broken")


class ReferenceItself(unittest.TestCase):
    """A bound or a reference that accepts anything would prove nothing."""

    def test_the_bound_sees_one_token_too_many(self):
        self.assertEqual(excess([(0, 3), (9, 1)], 3, 1, 10), 1)
        self.assertEqual(excess([(0, 3), (10, 1)], 3, 1, 10), 0)
        self.assertEqual(excess([(0, 1)] * 4, 1, 10, 5), 3)
        self.assertEqual(excess([(5, 1), (0, 1), (11, 1)], 1, 1, 10), 1)

    def test_the_reference_keeps_the_bound_and_wastes_nothing(self):
        bucket, grants = ReferenceBucket(2, 1, 10, 0), []
        for now in range(0, 100, 3):
            if bucket.due(1, now) == now:
                bucket.take(1)
                grants.append((now, 1))
        self.assertLessEqual(excess(grants, 2, 1, 10), 0)
        self.assertEqual(len(grants), 11)


if __name__ == "__main__":
    unittest.main()
