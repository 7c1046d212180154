"""Where oir stands beside its peers: what drive.py measured, judged.

A run is a dictionary, as `search` writes it to search.json:

    about          list of (what, value): date, machine, versions...
    engines        {name: {"version", "indexes": {collection: bytes}}}; oir is one of them
    missing        lines: what could not be had, and why
    collections    {name: {"documents", "queries", "notes", "commands": {command: drive.py's object}}}
"""

import dataclasses
import json
import os

OWN = "oir"
CLASSES = ["term", "intersection", "union", "phrase", "negated", "mixed"]
COMMANDS = ["TOP_10", "TOP_100", "TOP_1000", "TOP_100_COUNT", "COUNT"]
TAGS = {"intersection_union": "mixed"}  # of the queries' files, where a class has a better name

# Peers that count for some classes only: {peer: {command: classes}}. What else they answer is shown, in brackets. All
# that the peers of bench/macro/peers answer was found right, so none is listed.
COUNTED = {}


@dataclasses.dataclass
class Timing:
    mean: float  # us
    p99: float
    counted: bool = True  # as a peer to compare with


@dataclasses.dataclass
class Cell:
    """One class of one command on one collection."""

    kind: str
    own: Timing
    peers: dict  # name: Timing
    best: str | None = None  # of the peers that count, by mean
    ratio: float | None = None  # of the means
    ratio_p99: float | None = None  # to the lowest 99th percentile of a peer that counts
    goal: float | None = None  # for the ratio
    met: bool | None = None  # the goal, and a 99th percentile below every counted peer's

    def overlooked(self):
        """Peers that were faster than the best that counts."""
        if self.best is None:
            return []
        best = self.peers[self.best].mean
        return [name for name, t in self.peers.items() if not t.counted and t.mean < best]


def read_goals(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "goals.json")):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def goal_of(goals, collection, command, kind):
    if not goals or collection not in goals["collections"]:
        return None
    at = goals["collections"].index(collection)
    pair = goals["mean"].get(command, {}).get(kind)
    return pair[at] if pair else None


def judge(cell, slack):
    counted = {name: t for name, t in cell.peers.items() if t.counted}
    if not counted:
        return
    cell.best = min(counted, key=lambda name: counted[name].mean)
    best, lowest = counted[cell.best].mean, min(t.p99 for t in counted.values())
    cell.ratio, cell.ratio_p99 = cell.own.mean / best, cell.own.p99 / lowest
    if cell.goal is not None:
        cell.met = cell.own.mean <= cell.goal * best + slack and cell.own.p99 < lowest


def cells_of(run, collection, command, goals=None):
    """The cells of a command, in the order of CLASSES; of classes that oir answered whole."""
    measured = run["collections"][collection]["commands"][command]
    sizes = {TAGS.get(tag, tag): count for tag, count in measured["classes"].items()}
    table = {TAGS.get(tag, tag): row for tag, row in measured["table"].items()}
    cells = []
    for kind in CLASSES:
        # Who leaves out queries, leaves out the class: means of different queries say nothing.
        row = {name: t for name, t in table.get(kind, {}).items() if t["count"] == sizes[kind]}
        if OWN not in row:
            continue
        peers = {}
        for name, t in row.items():
            if name != OWN:
                counted = name not in COUNTED or kind in COUNTED[name].get(command, ())
                peers[name] = Timing(t["mean"], t["p99"], counted)
        own = Timing(row[OWN]["mean"], row[OWN]["p99"])
        cell = Cell(kind, own, peers, goal=goal_of(goals, collection, command, kind))
        judge(cell, goals["slack_us"] if goals else 0)
        cells.append(cell)
    return cells


def commands_of(run, collection):
    measured = run["collections"][collection]["commands"]
    return [c for c in COMMANDS if c in measured] + sorted(c for c in measured if c not in COMMANDS)


def engines_of(run):
    """Names: oir first, then as they were asked for."""
    return [OWN] + [name for name in run["engines"] if name != OWN]


def microseconds(us):
    return f"{us:.1f}" if us < 10 else f"{us:,.0f}"
