"""A token bucket in whole numbers, written step by step from its description, and the bound that it keeps."""


class ReferenceBucket:
    """Tokens come at instants one `frequency` apart, and are promised in the order of the calls."""

    def __init__(self, capacity, amount, frequency, now):
        self.capacity, self.amount, self.frequency = capacity, amount, frequency
        self.level, self.last_step = capacity, now

    @property
    def step(self):
        return min(self.amount, self.capacity)

    def advance(self, now):
        self.last_step = min(self.last_step, now)
        while self.level < self.capacity and self.last_step + self.frequency <= now:
            self.last_step += self.frequency
            self.level += self.step
        if self.level >= self.capacity:
            self.level, self.last_step = self.capacity, now

    def change(self, capacity, amount, frequency, now):
        self.advance(now)
        self.capacity, self.amount, self.frequency = capacity, amount, frequency
        self.advance(now)

    def due(self, tokens, now):
        """When `tokens` more would be due."""
        self.advance(now)
        level, due = self.level - tokens, now
        if level < 0:
            due = self.last_step
        while level < 0:
            due += self.frequency
            level += self.step
        return due

    def take(self, tokens):
        self.level -= tokens


def excess(grants, capacity, amount, frequency):
    """Over all windows: how far the tokens that fall due in one exceed the bound (0 or less: kept).

    grants: [(due, tokens)]. In a window of T there may be capacity - 1 + a * (T // frequency + 1) tokens.
    """
    grants, step, worst = sorted(grants), min(amount, capacity), -1
    for first in range(len(grants)):
        tokens = 0
        for due, n in grants[first:]:
            tokens += n
            bound = capacity - 1 + step * ((due - grants[first][0]) // frequency + 1)
            worst = max(worst, tokens - bound)
    return worst
