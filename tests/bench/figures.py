"""What the bench has measured, as a table or as JSON. It judges nothing: an aim stands beside its figure, no more."""

import dataclasses
import json


@dataclasses.dataclass
class Figure:
    """One measured value. ratio: the value over that of `to`, the figure it is compared with."""
    name: str
    value: float
    unit: str
    ratio: float | None = None
    to: str | None = None
    aim: str = ""
    low: float | None = None  # the tenth percentile, where there were rounds


class Table:
    """One heading and the figures below it."""

    def __init__(self, heading):
        self.heading, self.figures = heading, []

    def add(self, name, value, unit, base=None, **more):
        """base: an earlier Figure to compare with. Returns the new one."""
        if base is not None:
            more |= {"ratio": value / base.value if base.value else None, "to": base.name}
        self.figures.append(Figure(name, value, unit, **more))
        return self.figures[-1]

    def show(self):
        bases = {f.to for f in self.figures if f.to}
        compared = f"to {bases.pop()}" if len(bases) == 1 else "to the few" if bases else ""
        print(f"\n{self.heading:<53} {compared:>27} {'aim':>8}")
        for f in self.figures:
            ratio = "" if f.ratio is None else f"{f.ratio:.2f}"
            print(f"  {f.name:<46} {shown(f.value):>9} {f.unit:<7}{ratio:>15} {f.aim:>8}", flush=True)


def shown(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def as_json(tables, host):
    return json.dumps({"host": host, "tables": [{"heading": t.heading, "figures": [dataclasses.asdict(f) for f in t.figures]}
                                                for t in tables]}, indent=1)
