"""Draws what a run and a hand-off cost in a limiter of 10 to 100,000, with gnuplot, as an SVG.

Callers are real up to the one that is measured: those it meets are copies of one holder or one waiter in the server's
data, because no machine has 100,000 processes to spare. The tenth percentile is drawn: what other work on the machine
adds is no business of the size of a limiter.
"""

import shutil
import subprocess

from runs import interleaved
from scripts import SLOW_LOG, crowd, script_times
from support.server import Server

SIZES = (10, 100, 1000, 10_000, 100_000)
HAND_OFFS = 50

GNUPLOT = """
set terminal svg size 760,300 font 'sans-serif,12' background '#ffffff'
set output '{output}'
set multiplot layout 1,2
set logscale x
set format x '10^{{%T}}'
set grid ytics lc '#dddddd'
set border 3
set tics nomirror
set xrange [7:150000]
unset key
set xlabel 'holders of the limiter'
set title 'sem run around true, times flock'
set yrange [0:2]
plot '-' using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc '#1f77b4'
{ratios}
e
set xlabel 'waiters of the limiter'
set title 'a hand-off, in µs of the server'
set yrange [0:{most}]
plot '-' using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc '#d62728'
{hand_offs}
e
"""


def ratio(bench, server, client, holders):
    """A free slot taken and given back beside so many holders, over flock."""
    s = crowd(client, holders, 0)
    flock = [shutil.which("flock"), server.folder / "lock", "/bin/true"]
    run = [bench.limiters, "--redis", server.unix_url, "sem", "run", "--name", s.name, "--capacity", "200000", "--", "/bin/true"]
    times = interleaved(bench, [flock, run], bench.rounds)
    return times[1][1] / times[0][1]


def hand_off(server, client, waiters):
    """µs of the server for a release that hands the slot on, and for the next one's question that takes it."""
    s = crowd(client, 1, waiters + HAND_OFFS)
    holder, ticket, times = "a" * 32, 0, []
    for _ in range(HAND_OFFS):
        following, score = client.call("ZRANGE", s.waiters, 0, 0, "WITHSCORES")
        given = script_times(server, lambda: s.release(holder, ticket=ticket))[0]
        holder, ticket = following, int(float(score))
        times.append(given + script_times(server, lambda: s.acquire(holder, ticket=ticket))[0])
    return sorted(times)[len(times) // 10]


def draw(bench, output):
    with Server(SLOW_LOG) as server, server.client(60) as client:
        ratios = [(size, ratio(bench, server, client, size)) for size in SIZES]
        hand_offs = [(size, hand_off(server, client, size)) for size in SIZES]

    def lines(points):
        return "\n".join(f"{size} {value:.3f}" for size, value in points)
    most = 100 * (2 + int(max(value for _, value in hand_offs)) // 100)
    script = GNUPLOT.format(output=output, ratios=lines(ratios), hand_offs=lines(hand_offs), most=most)
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    return ratios, hand_offs
