"""How oir builds beside its peers: what watch.py measured, judged.

A run is a dictionary, as `build` writes it to build.json:

    about          list of (what, value): date, machine, rounds...
    engines        {name: {"version", "own": whether it is oir, "memory": bytes it may take, or None}}
    missing        lines: what could not be had, and why
    collections    {name: {"documents", "text": bytes, "builds": {engine: [build, one a round]}}}
    growth         {documents: the same as a collection}, oir alone

A build is what watch.run answers, with "index" (bytes), "parts" ({name: bytes}), and of oir "stages" ({name: seconds}).
"""

import dataclasses
import statistics

import standing

OWN = standing.OWN  # the variant that is compared; the others' names begin with it
PER = 1e6  # bytes of an MB


@dataclasses.dataclass
class Row:
    """The builds of one engine on one collection: medians, and of the speed the lowest and highest too."""

    name: str
    own: bool
    speed: float  # MB of text a second
    lowest: float
    highest: float
    documents: float  # a second
    values: dict  # of a build: medians of seconds and bytes
    parts: dict
    stages: dict
    ratio: float | None = None  # of the speed to the fastest peer's
    to_own: float | None = None  # to that of OWN


def median_of(builds, key):
    return statistics.median(build[key] for build in builds)


def medians_of(builds, key):
    """Of dictionaries: {name: median}, of names that all have."""
    names = [name for name in builds[0].get(key, {}) if all(name in build[key] for build in builds)]
    return {name: statistics.median(build[key][name] for build in builds) for name in names}


def row_of(run, collection, name):
    builds = collection["builds"][name]
    speeds = [collection["text"] / build["seconds"] / PER for build in builds]
    keys = ("seconds", "syncing", "processor", "private", "resident", "written", "disk", "index")
    return Row(
        name, run["engines"][name]["own"], statistics.median(speeds), min(speeds), max(speeds),
        collection["documents"] / median_of(builds, "seconds"), {key: median_of(builds, key) for key in keys},
        medians_of(builds, "parts"), medians_of(builds, "stages"),
    )  # fmt: skip


def rows_of(run, collection):
    """The rows of a collection, in the order of engines; and the fastest peer's, or None."""
    rows = [row_of(run, collection, name) for name in run["engines"] if collection["builds"].get(name)]
    peers = [row for row in rows if not row.own]
    best = max(peers, key=lambda row: row.speed) if peers else None
    own = find(rows, OWN)
    for row in rows:
        row.ratio = row.speed / best.speed if best else None
        row.to_own = row.speed / own.speed if own else None
    return rows, best


def find(rows, name):
    return next((row for row in rows if row.name == name), None)


# ---------------------------------------------------------------- goals


@dataclasses.dataclass
class Goal:
    what: str
    where: str  # the collection
    value: float
    limit: float
    most: bool  # the limit is what it may be at most, not at least

    @property
    def met(self):
        return self.value <= self.limit if self.most else self.value >= self.limit


def _worst(rows, where, what, limit, value_of):
    """The goal of all rows, as the one that is worst stands; none where nobody has a value."""
    values = [(value_of(row), row.name) for row in rows if value_of(row)]
    if values:
        value, name = max(values)
        yield Goal(f"{what}, at worst ({name})", where, value, limit, True)


def _goals_of_rows(run, where, rows, goals):
    """What every collection is measured by: memory, bytes, room."""
    rows = [row for row in rows if row.own]
    engines = run["engines"]
    memory = lambda row: row.values["private"] / engines[row.name]["memory"]
    over = lambda key: lambda row: row.values[key] / row.values["index"]
    yield from _worst(rows, where, "memory to its limit", goals["memory"], memory)
    yield from _worst(rows, where, "bytes written to the index's", goals["written"], over("written"))
    yield from _worst(rows, where, "room on the disk to the index's", goals["disk"], over("disk"))


def _goals_of_own(where, rows, best, goals):
    own, threads, paired, reordered = (find(rows, OWN + more) for more in ("", "-2-threads", "-pairs", "-optimised"))
    if not own:
        return
    # No peer has lists of pairs: their row is held to the same, though it does more.
    for ours, what in ((own, "speed"), (paired, "speed with pairs of words")):
        if ours and best and where in goals["ratio"]:
            yield Goal(f"{what} to that of {best.name}", where, ours.ratio, goals["ratio"][where], False)
    if where in goals["speed"]:
        yield Goal("MB of text a second", where, own.speed, goals["speed"][where], False)
    if threads:
        yield Goal("speed of two threads to that of one", where, threads.to_own, goals["threads"], False)
    if paired and reordered:
        share = 1 / reordered.to_own - 1 / paired.to_own
        yield Goal("time of reordering to that of the build", where, share, goals["reorder"], True)
    for ours, theirs in ((own, "lucene"), (reordered, "lucene_bp")):
        peer, limits = find(rows, theirs), goals["size"].get(theirs, {})
        if ours and peer and where in limits:
            size = ours.values["index"] - ours.parts.get("pairs", 0)
            what = f"{ours.name}: index without pairs to that of {theirs}"
            yield Goal(what, where, size / peer.values["index"], limits[where], True)


def goals_of(run, goals):
    """All that can be judged."""
    for where, collection in run["collections"].items():
        rows, best = rows_of(run, collection)
        yield from _goals_of_own(where, rows, best, goals)
        yield from _goals_of_rows(run, where, rows, goals)
    growing = [name for name in run["engines"] if growth_of(run, name)]
    for name in growing:
        times = [1 / row.documents for row in growth_of(run, name).values()]
        what = f"{name}: time for a document, longest to shortest"
        yield Goal(what, "growth", max(times) / min(times), goals["growth"], True)
    rows = [row for name in growing for row in growth_of(run, name).values()]
    yield from _goals_of_rows(run, "growth", rows, goals)


def growth_of(run, name):
    """{documents: row} of one engine."""
    return {
        int(size): row_of(run, collection, name)
        for size, collection in run["growth"].items()
        if collection["builds"].get(name)
    }
