"""Which commands a server runs."""

import collections

CALLS_OF_SCRIPTS = {"eval", "evalsha", "config|resetstat"}


def commands_of(client, action):
    """What the action gives back, and how often its scripts called which command. Nobody else may use the server."""
    client.call("CONFIG", "RESETSTAT")
    result = action()
    counts = collections.Counter()
    for line in client.call("INFO", "commandstats").splitlines():
        if line.startswith("cmdstat_"):
            name, _, figures = line.removeprefix("cmdstat_").partition(":calls=")
            counts[name] = int(figures.split(",")[0])
    return result, collections.Counter({name: n for name, n in counts.items() if name not in CALLS_OF_SCRIPTS})
